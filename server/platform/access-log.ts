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

const bufferBytes = 8_192;
const flushEveryMs = 500;

/**
 * Lines are written many at a time: a write for each would cost the event loop more than the rest of logging. A
 * process that is killed loses its last half a second of them; the ledger loses nothing.
 */
export function createAccessLog({
  name,
  level,
}: {
  readonly name: string;
  readonly level: LogLevel;
}): AccessLog {
  const destination = pino.destination({ sync: true, minLength: bufferBytes });
  const logger = pino(
    {
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const enabled = logger.isLevelEnabled('info');
  const timer = setInterval(() => destination.flushSync(), flushEveryMs);
  timer.unref();

  return {
    write(line) {
      if (enabled) logger.info(line, 'answered');
    },
    flush: () => destination.flushSync(),
  };
}
