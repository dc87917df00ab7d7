import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteEngineError } from './remote-engine-error.ts';

/** Before the second and the third try. */
const WAITS_MS = [100, 400] as const;
/** The engine, or a proxy in front of it, says that it did not take the request. (504: it took it, and is late.) */
const passing: ReadonlySet<number | null> = new Set([429, 502, 503]);

/** Three tries at the most, and only of what did not begin: no answer is paid for twice. */
export async function tryAgain<Result>(
  attempt: () => Promise<Result>,
  {
    signal,
    waitsMs = WAITS_MS,
  }: { readonly signal?: AbortSignal | undefined; readonly waitsMs?: readonly number[] },
): Promise<Result> {
  for (const waitMs of waitsMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {});
    signal?.throwIfAborted();
  }
  return attempt();
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof RemoteEngineError)) return false;
  return error.failure === 'unreachable' || (error.failure === 'status' && passing.has(error.status));
}
