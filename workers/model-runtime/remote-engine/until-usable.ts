import { setTimeout as sleep } from 'node:timers/promises';
import type { RuntimeLogger } from '../onnx/runtime-logger.ts';
import { UnusableEngineError } from './remote-engine-error.ts';

export interface UntilUsableOptions {
  /** Names it in the log. */
  readonly engine: string;
  readonly logger: RuntimeLogger;
  readonly signal: AbortSignal;
  readonly waitMs?: number | undefined;
}

const WAIT_MS = 1_000;

/** An engine may start after the gateway: it is asked until it answers, or turns out to be none that can be served. */
export async function untilUsable<Answer>(
  ask: () => Promise<Answer>,
  { engine, logger, signal, waitMs = WAIT_MS }: UntilUsableOptions,
): Promise<Answer> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || error instanceof UnusableEngineError) throw error;
      if (isFirst) logger.warn({ engine, err: error }, 'The engine does not answer yet.');
    }
    await sleep(waitMs, undefined, { signal });
  }
}
