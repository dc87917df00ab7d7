import type { ServerResponse } from 'node:http';
import type { Departure } from '#workers/batching/batcher.ts';

/** A caller that hangs up before the answer is written, told from the connection itself. */
export function connectionDeparture(outgoing: ServerResponse): Departure {
  return new ConnectionDeparture(outgoing);
}

class ConnectionDeparture implements Departure {
  readonly #outgoing: ServerResponse;
  #listeners: (() => void)[] | null = null;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  get aborted(): boolean {
    return this.#outgoing.destroyed && !this.#outgoing.writableFinished;
  }

  /** As a signal that is aborted without one gives it. */
  get reason(): unknown {
    return new DOMException('The caller hung up.', 'AbortError');
  }

  addEventListener(_: 'abort', listener: () => void): void {
    if (this.#listeners) {
      this.#listeners.push(listener);
      return;
    }
    this.#listeners = [listener];
    this.#outgoing.once('close', () => {
      if (!this.aborted) return;
      for (const told of this.#listeners ?? []) told();
    });
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners?.filter((kept) => kept !== listener) ?? null;
  }
}
