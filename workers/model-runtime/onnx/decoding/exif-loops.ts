import type { ImageType } from '../../sniff-image.ts';

/** Of a directory's entries, those that say where another one begins: Exif, GPS, interoperability. */
const POINTER_TAGS: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005]);
/** A camera writes three, in all directories together. */
const POINTERS_MAX = 12;
/** Read here before a picture is given up, whether or not it loops: a few milliseconds. */
const ENTRIES_MAX = 200_000;
const ENTRY_BYTES = 12;
/** A segment of a JPEG is no longer. */
const SEGMENT_BYTES_MAX = 65_536;

type Find = (file: Buffer, at: number) => Buffer;

/** What EXIF begins behind, and where it then lies. An AVIF's is left out (`withoutExif`), a GIF has none. */
const PLACES: Partial<Record<ImageType, { readonly mark: string; readonly find: Find }>> = {
  jpeg: { mark: 'Exif\0\0', find: (file, at) => file.subarray(at + 6, at + SEGMENT_BYTES_MAX) },
  png: {
    mark: 'eXIf',
    find: (file, at) =>
      at < 4 ? file.subarray(0, 0) : file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)),
  },
  webp: {
    mark: 'EXIF',
    find: (file, at) =>
      at + 8 > file.length ? file.subarray(0, 0) : file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4)),
  },
};

/**
 * Whether a picture's EXIF leads from one directory to others so often that it would be read for ever. The decoders'
 * library follows each pointer of a directory anew: 64 KB, all pointing to where they stand, take it 4 s, and the time
 * goes with the square.
 */
export function exifLoops(bytes: Uint8Array, type: ImageType): boolean {
  const place = PLACES[type];
  if (!place) return false;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = { entries: ENTRIES_MAX };
  for (let at = file.indexOf(place.mark); at >= 0; at = file.indexOf(place.mark, at + 1)) {
    left.entries--;
    if (pointersIn(withoutMark(place.find(file, at)), left) > POINTERS_MAX || left.entries < 0) return true;
  }
  return false;
}

/** Other types have it as a JPEG has it, mark and all, or without. */
function withoutMark(exif: Buffer): Buffer {
  return exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
}

/** Of all directories that can be reached, each read once; no more are counted than it takes. */
function pointersIn(tiff: Buffer, left: { entries: number }): number {
  const header = tiff.toString('latin1', 0, 4);
  if (tiff.length < 8 || (header !== 'II*\0' && header !== 'MM\0*')) return 0;
  const isLittle = header === 'II*\0';
  const readShort = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const readLong = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const [waiting, seen] = [[readLong(4)], new Set<number>()];
  let pointers = 0;
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (seen.has(place) || place + 2 > tiff.length) continue;
    seen.add(place);
    const first = place + 2;
    const count = Math.min(readShort(place), Math.floor((tiff.length - first) / ENTRY_BYTES));
    const end = first + count * ENTRY_BYTES;
    left.entries -= count;
    if (left.entries < 0) return pointers;
    for (let at = first; at < end; at += ENTRY_BYTES) {
      if (!POINTER_TAGS.has(readShort(at))) continue;
      if (++pointers > POINTERS_MAX) return pointers;
      waiting.push(readLong(at + 8));
    }
    // The thumbnail's follows the first.
    if (seen.size === 1 && end + 4 <= tiff.length) waiting.push(readLong(end));
  }
  return pointers;
}
