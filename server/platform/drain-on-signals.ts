import type { Logger } from '#server/domain/logger.ts';

export interface DrainOptions {
  /** Lets the work in hand finish, within a bound of its own. */
  readonly drain: () => Promise<void>;
  /** What that work needed until its end. */
  readonly close: () => Promise<void>;
  readonly logger: Logger;
}

/** A platform's way of stopping a process, and Ctrl-C. A second signal changes nothing: the drain has its bound. */
export function drainOnSignals({ drain, close, logger }: DrainOptions): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'draining');
    await drain();
    await close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}
