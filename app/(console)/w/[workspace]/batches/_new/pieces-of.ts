interface PiecesOptions {
  readonly signal?: AbortSignal;
  readonly onRead?: (bytes: number) => void;
}

/** The bytes of a file as they are read. Not every browser iterates over a stream by itself. */
export async function* piecesOf(
  file: Blob,
  { signal, onRead }: PiecesOptions = {},
): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let read = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      signal?.throwIfAborted();
      yield next.value;
      read += next.value.byteLength;
      onRead?.(read);
    }
  } finally {
    await reader.cancel();
  }
}
