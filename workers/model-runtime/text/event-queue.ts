/** Events that one side pushes and the other reads at its own pace. There are never more than an answer has tokens. */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  push(event: Event): void;
  end(): void;
  /** After what was pushed before. */
  fail(error: Error): void;
}

export function createEventQueue<Event>(): EventQueue<Event> {
  let events: Event[] = [];
  let over: { readonly error: Error | null } | null = null;
  let wake = () => {};

  function finish(error: Error | null) {
    over ??= { error };
    wake();
  }

  return {
    push(event) {
      if (over) return;
      events.push(event);
      wake();
    },
    end: () => finish(null),
    fail: finish,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const read = events;
        events = [];
        yield* read;
        if (events.length > 0) continue;
        if (over) {
          if (over.error) throw over.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
