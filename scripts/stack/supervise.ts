import { setTimeout as sleep } from 'node:timers/promises';

/** Something that runs: a process that is ready for work. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended, with how: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly name: string;
  /** Starts it and resolves once it is ready; rejects if it does not get there. */
  readonly start: () => Promise<Running>;
  readonly onStart?: (running: Running) => void;
  readonly onEnd?: (how: string, nextTryMs: number) => void;
  readonly backOff?: BackOff;
}

export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** What ran this long was healthy: the next wait is short again. */
  readonly healthyAfterMs: number;
}

export interface Supervised {
  readonly name: string;
  pid(): number | undefined;
  stop(): Promise<void>;
}

const usualBackOff: BackOff = { firstMs: 250, mostMs: 10_000, healthyAfterMs: 30_000 };

/** Starts it, and again whenever it ends, until it is told to stop. Rejects only if the very first start fails. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const backOff = options.backOff ?? usualBackOff;
  const stopping = new AbortController();
  let waitMs = backOff.firstMs;
  let current: Running | undefined = await options.start();
  options.onStart?.(current);
  const watching = watch();

  async function watch(): Promise<void> {
    while (current) {
      const startedAt = Date.now();
      const how = await current.ended;
      current = undefined;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt >= backOff.healthyAfterMs) waitMs = backOff.firstMs;
      current = await restart(how);
    }
  }

  async function restart(how: string): Promise<Running | undefined> {
    let reason = how;
    while (!stopping.signal.aborted) {
      options.onEnd?.(reason, waitMs);
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, backOff.mostMs);
      if (stopping.signal.aborted) return undefined;
      try {
        const running = await options.start();
        if (stopping.signal.aborted) {
          await running.stop();
          return undefined;
        }
        options.onStart?.(running);
        return running;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return undefined;
  }

  return {
    name: options.name,
    pid: () => current?.pid,
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
    },
  };
}
