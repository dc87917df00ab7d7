/** Twice what a picture may have. Items may name the same bytes, and one item the same again and again. */
const DATA_BYTES_MAX = 20 * 1024 * 1024;
/** Of all items; each may say that it has 65,535, which take no space where none has a length. */
const EXTENTS_MAX = 65_536;

/** Where the bytes of items may lie, by the way that an entry names. */
export interface AvifPlaces {
  readonly file: Buffer;
  readonly idat: Buffer;
}

/**
 * The bytes of those items, as the box iloc says where they lie (ISO/IEC 14496-12, 8.11.3). Throws a RangeError where
 * they are more than is there, or than are read.
 */
export function dataOf(iloc: Buffer, wanted: ReadonlySet<number>, places: AvifPlaces): Map<number, Buffer> {
  const version = iloc.readUInt8(0);
  const [offsetBytes, lengthBytes] = halves(iloc.readUInt8(4));
  const [baseBytes, indexBytes] = halves(iloc.readUInt8(5));
  const idBytes = version < 2 ? 2 : 4;
  const read = readerOf(iloc, 6);
  const found = new Map<number, Buffer>();
  let [bytesLeft, extentsLeft] = [DATA_BYTES_MAX, EXTENTS_MAX];
  for (let items = read(idBytes); items > 0; items--) {
    const item = read(idBytes);
    const method = version === 0 ? 0 : read(2) & 15;
    read(2); // of what file: decoders take it for this one
    const base = read(baseBytes);
    const extents: Buffer[] = [];
    for (let count = read(2); count > 0; count--, extentsLeft--) {
      if (extentsLeft === 0) throw new RangeError('The items have too many extents.');
      if (version > 0) read(indexBytes);
      const from = base + read(offsetBytes);
      const length = read(lengthBytes);
      if (!wanted.has(item)) continue;
      const place = method === 0 ? places.file : method === 1 ? places.idat : null;
      if (place === null) throw new RangeError('The bytes of an item lie in another one.');
      const extent = place.subarray(from, length === 0 ? place.length : from + length);
      bytesLeft -= extent.length;
      if (extent.length < length || bytesLeft < 0)
        throw new RangeError('An item has more bytes than are there.');
      extents.push(extent);
    }
    if (!wanted.has(item)) continue;
    if (found.has(item)) throw new RangeError('Two entries are of one item.');
    found.set(item, extents.length === 1 ? (extents[0] as Buffer) : Buffer.concat(extents));
  }
  return found;
}

function halves(byte: number): readonly [number, number] {
  return [byte >> 4, byte & 15];
}

/** One number after the other, of so many bytes; of none, 0. */
function readerOf(box: Buffer, from: number): (bytes: number) => number {
  let at = from;
  return (bytes) => {
    const start = at;
    at += bytes;
    if (bytes === 8) return Number(box.readBigUInt64BE(start));
    return bytes === 0 ? 0 : box.readUIntBE(start, bytes);
  };
}
