export interface UnreadOptions {
  /** A reader that takes nothing for so long is cut off. */
  readonly stalledMs: number;
  /** Ends the connection. Null: there is none that could be ended. */
  readonly cut: (() => void) | null;
}

/** The same bytes: but who asks for a file and does not read it can't keep it open for ever. */
export function cutIfUnread(
  bytes: ReadableStream<Uint8Array>,
  { stalledMs, cut }: UnreadOptions,
): ReadableStream<Uint8Array> {
  const reader = bytes.getReader();
  let stalled: NodeJS.Timeout | undefined;

  /** The connection's end cancels the stream. */
  function watch(controller: ReadableStreamDefaultController<Uint8Array>) {
    stalled = setTimeout(() => {
      if (cut) return cut();
      const error = new Error('Nobody reads the file.');
      controller.error(error);
      void reader.cancel(error);
    }, stalledMs);
  }

  return new ReadableStream<Uint8Array>(
    {
      start: watch,
      async pull(controller) {
        clearTimeout(stalled);
        const { done, value } = await reader.read();
        if (done) return controller.close();
        controller.enqueue(value);
        watch(controller);
      },
      cancel(reason) {
        clearTimeout(stalled);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
