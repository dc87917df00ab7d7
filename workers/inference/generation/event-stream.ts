export interface EventStreamOptions {
  /** A reader that takes nothing for so long is cut off. */
  readonly stalledReaderMs: number;
  /** Ends the connection. Null: there is none that could be ended. */
  readonly cut: (() => void) | null;
  /** Told once when the reader is gone; `pieces` is gone through to its end all the same. */
  readonly leave: () => void;
}

const utf8 = new TextEncoder();

/**
 * Text that is made while it is read: the next piece is asked for when the last one was taken, so a slow reader slows its
 * own stream and fills no memory. `pieces` must not throw.
 */
export function eventStream(
  pieces: AsyncGenerator<string>,
  { stalledReaderMs, cut, leave }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  let stalled: NodeJS.Timeout | undefined;

  async function drain() {
    clearTimeout(stalled);
    leave();
    while (!(await pieces.next()).done);
  }

  return new ReadableStream<Uint8Array>(
    {
      start: watch,
      async pull(controller) {
        clearTimeout(stalled);
        const next = await takeNext();
        if (next.done) return controller.close();
        controller.enqueue(utf8.encode(next.value));
        watch(controller);
      },
      cancel: drain,
    },
    // Nothing is made ahead of the reader.
    { highWaterMark: 0 },
  );

  async function takeNext(): Promise<IteratorResult<string>> {
    for (;;) {
      const next = await pieces.next();
      if (next.done || next.value !== '') return next;
    }
  }

  /** The connection's end cancels the stream. */
  function watch(controller: ReadableStreamDefaultController<Uint8Array>) {
    stalled = setTimeout(() => {
      if (cut) return cut();
      controller.error(new Error('Nobody reads the stream.'));
      void drain();
    }, stalledReaderMs);
  }
}
