/** Of the units of AV1 (its specification, 6.2.2), those that begin a frame: its header, and a frame as a whole. */
const FRAME_TYPES: ReadonlySet<number> = new Set([3, 6]);
/** Of a size in LEB128. */
const SIZE_BYTES_MAX = 8;

/**
 * How many frames are decoded one after the other, of which a picture shows the last. It has one, or a few that refine
 * each other. Throws a RangeError where a unit is cut short.
 */
export function av1Frames(data: Buffer): number {
  let frames = 0;
  for (let at = 0; at < data.length; ) {
    const header = data.readUInt8(at++);
    if (FRAME_TYPES.has((header >> 3) & 15)) frames++;
    if (header & 4) at++;
    // Without a size it is the last one.
    if (!(header & 2)) break;
    const size = leb128(data, at);
    at = size.end + size.value;
    if (at > data.length) throw new RangeError('A unit is larger than what it is in.');
  }
  return frames;
}

function leb128(data: Buffer, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = from; at < from + SIZE_BYTES_MAX; at++) {
    const byte = data.readUInt8(at);
    value += (byte & 127) * 2 ** (7 * (at - from));
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new RangeError('A size has no end.');
}
