const lineFeed = 10;

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Null: it is longer than allowed. */
  readonly bytes: Buffer | null;
}

/** Lines as they come, with no more than one of them in memory. Empty ones are counted and left out. */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  { bytesMax }: { readonly bytesMax: number },
): AsyncGenerator<TextLine> {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  let number = 0;
  const end = (): TextLine | null => {
    number++;
    const line = bytes > bytesMax ? null : Buffer.concat(kept, bytes);
    kept = [];
    bytes = 0;
    return line && isBlank(line) ? null : { number, bytes: line };
  };
  const keep = (part: Uint8Array) => {
    bytes += part.byteLength;
    if (bytes <= bytesMax) kept.push(part);
    else kept = [];
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, from)) {
      keep(piece.subarray(from, at));
      from = at + 1;
      const line = end();
      if (line) yield line;
    }
    if (from < piece.byteLength) keep(piece.subarray(from));
  }
  if (bytes === 0) return;
  const last = end();
  if (last) yield last;
}

function isBlank(line: Buffer): boolean {
  return line.toString('latin1').trim() === '';
}
