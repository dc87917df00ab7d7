const lineFeed = 10;

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Null: it is longer than allowed. */
  readonly bytes: Uint8Array | null;
}

/** Lines as they come, with no more than one of them in memory. Empty ones are counted and left out. In browsers too. */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  { bytesMax }: { readonly bytesMax: number },
): AsyncGenerator<TextLine> {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  let number = 0;
  const end = (): TextLine | null => {
    number++;
    const line = bytes > bytesMax ? null : joined(kept, bytes);
    kept = [];
    bytes = 0;
    return line && isBlank(line, 0, line.byteLength) ? null : { number, bytes: line };
  };
  const keep = (part: Uint8Array) => {
    bytes += part.byteLength;
    if (bytes <= bytesMax) kept.push(part);
    else kept = [];
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, from)) {
      // A file may be nothing but empty lines, a hundred million of them.
      if (bytes === 0 && isBlank(piece, from, at)) {
        number++;
        from = at + 1;
        continue;
      }
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

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** White space of ASCII and Latin-1, as `trim` has it. */
function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte !== 32 && byte !== 160 && (byte < 9 || byte > 13)) return false;
  }
  return true;
}
