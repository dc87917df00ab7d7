import { pino } from 'pino';
import type { LogLevel } from './logger.ts';

/** One line a request: a closed set of fields of ours, so nothing has to be struck out of it. */
export interface AccessLine {
  readonly requestId: string;
  readonly workspaceId: string | null;
  readonly route: string;
  readonly status: number;
  readonly code: string;
  readonly latencyMs: number;
}

export interface AccessLog {
  write(line: AccessLine): void;
  /** Writes what is still in memory. */
  flush(): void;
}

const bufferChars = 8_192;
const flushEveryMs = 500;

/**
 * Lines are written many at a time: a write for each would cost the event loop more than the rest of logging. A
 * process that is killed loses its last half a second of them; the ledger loses nothing. They look like pino's, with
 * nothing of a line to be struck out or formatted anew.
 */
export function createAccessLog({
  name,
  level,
}: {
  readonly name: string;
  readonly level: LogLevel;
}): AccessLog {
  const destination = pino.destination({ sync: true });
  const isWritten = pino({ level }, destination).isLevelEnabled('info');
  const rest = `","name":${JSON.stringify(name)},`;
  let lines = '';
  const flush = () => {
    if (lines !== '') destination.write(lines);
    lines = '';
  };
  const timer = setInterval(flush, flushEveryMs);
  timer.unref();
  let [atMs, at] = [0, ''];

  return {
    write(line) {
      if (!isWritten) return;
      const nowMs = Date.now();
      if (nowMs !== atMs) [atMs, at] = [nowMs, new Date(nowMs).toISOString()];
      const fields = JSON.stringify(line).slice(1, -1);
      lines += `{"level":"info","time":"${at}${rest}${fields},"msg":"answered"}\n`;
      if (lines.length >= bufferChars) flush();
    },
    flush,
  };
}
