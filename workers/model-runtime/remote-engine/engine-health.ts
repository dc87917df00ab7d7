import type { RuntimeLogger } from '../onnx/runtime-logger.ts';

export interface EngineHealth {
  /** Throws while the engine is away, at once: nobody waits for what is known to fail. */
  assertUp(): void;
  /** It failed as an engine does that is away. It is asked from then on until it is back. */
  noteAway(error: unknown): void;
  close(): void;
}

export interface EngineHealthOptions {
  /** Names it in the log. */
  readonly engine: string;
  /** Rejects while the engine is not ready. Bounded by its own time limits. */
  check(): Promise<unknown>;
  readonly logger: RuntimeLogger;
  readonly waitMs?: { readonly first: number; readonly longest: number };
}

const WAIT_MS = { first: 250, longest: 5_000 };

export function createEngineHealth(options: EngineHealthOptions): EngineHealth {
  const { engine, logger, waitMs = WAIT_MS } = options;
  let away: unknown = null;
  let checks = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function askLater() {
    if (closed) return;
    timer = setTimeout(ask, Math.min(waitMs.first * 2 ** checks++, waitMs.longest));
    timer.unref();
  }

  async function ask() {
    try {
      await options.check();
    } catch {
      return askLater();
    }
    away = null;
    logger.info({ engine }, 'The engine is back.');
  }

  return {
    assertUp() {
      if (away !== null) throw away;
    },
    noteAway(error) {
      if (closed || away !== null) return;
      away = error;
      checks = 0;
      logger.error({ engine, err: error }, 'The engine is away.');
      askLater();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
