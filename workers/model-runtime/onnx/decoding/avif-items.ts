import { av1Frames } from './av1-frames.ts';
import { dataOf } from './avif-data.ts';

/** In one box, far more than decoders take; each is an object here. */
const BOXES_MAX = 10_000;
/** Properties for each of which the decoder copies the whole picture. */
const CHANGES: ReadonlySet<string> = new Set(['irot', 'imir', 'clap']);

/** What an AVIF says of its items before anything is decoded (ISO/IEC 23008-12, "HEIF", in the boxes of 14496-12). */
export interface AvifItems {
  /** The one that is shown. */
  readonly primary: number;
  /** av01: one that is coded. grid: one that is put together. */
  readonly types: ReadonlyMap<number, string>;
  readonly pixels: ReadonlyMap<number, number>;
  /** Of one that is coded, how many are decoded. */
  readonly frames: ReadonlyMap<number, number>;
  /** Of an item that is put together of others, a grid for one: the others, each as often as it is used. */
  readonly parts: ReadonlyMap<number, readonly number[]>;
  /** What is decoded along with an item, its alpha for one. */
  readonly auxiliaries: ReadonlyMap<number, readonly number[]>;
}

/** Null: it is not written as the standard has it. */
export function readAvifItems(bytes: Uint8Array): AvifItems | null {
  try {
    return itemsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Without its EXIF, which may lie in pieces, loop like any other, and tell nothing: an AVIF has boxes that say how it is
 * turned. For what `readAvifItems` has read.
 */
export function withoutExif(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  const inMeta = boxesOf(copy, { mayBeCut: true }).find(({ type }) => type === 'meta')?.content;
  if (!inMeta) return bytes;
  for (let at = inMeta.indexOf('Exif'); at >= 0; at = inMeta.indexOf('Exif', at)) inMeta.write('none', at);
  return copy;
}

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

function itemsOf(file: Buffer): AvifItems | null {
  const top = boxesOf(file, { mayBeCut: true });
  const inMeta = only(top, 'meta')?.content;
  // The short form of the same, which nobody writes yet, and which would count instead.
  if (!inMeta || top.some(({ type }) => type === 'mini')) return null;
  const boxes = boxesOf(inMeta.subarray(4));
  const [primary, properties, places] = [only(boxes, 'pitm'), only(boxes, 'iprp'), only(boxes, 'iloc')];
  if (!primary || !properties || !places) return null;
  const references = referencesOf(only(boxes, 'iref'));
  const [parts, auxiliaries] = [new Map<number, number[]>(), new Map<number, number[]>()];
  for (const { type, from, to } of references) {
    if (type === 'dimg') for (const part of to) listed(parts, from).push(part);
    if (type === 'auxl') for (const item of to) listed(auxiliaries, item).push(from);
  }
  const shown = primary.content.readUIntBE(4, version(primary) === 0 ? 2 : 4);
  const pixels = pixelsOf(boxesOf(properties.content));
  if (!pixels.has(shown)) return null;
  const types = typesOf(only(boxes, 'iinf'));
  const coded = new Set([...types.keys()].filter((item) => types.get(item) === 'av01'));
  const idat = only(boxes, 'idat')?.content ?? Buffer.alloc(0);
  const frames = new Map<number, number>();
  for (const [item, data] of dataOf(places.content, coded, { file, idat })) frames.set(item, av1Frames(data));
  return { primary: shown, types, pixels, frames, parts, auxiliaries };
}

/** Those of the first versions of the box have none, and are no picture's. */
function typesOf(box: Box | undefined): Map<number, string> {
  const types = new Map<number, string>();
  if (!box) return types;
  for (const entry of boxesOf(box.content.subarray(version(box) === 0 ? 6 : 8))) {
    if (version(entry) < 2) continue;
    const idBytes = version(entry) === 2 ? 2 : 4;
    const item = entry.content.readUIntBE(4, idBytes);
    if (types.has(item)) throw new RangeError('Two entries are of one item.');
    types.set(item, entry.content.toString('latin1', idBytes + 6, idBytes + 10));
  }
  return types;
}

/** Of each item that has a size; the largest where it has several. It is turned, mirrored and cut at most once each. */
function pixelsOf(boxes: readonly Box[]): Map<number, number> {
  const properties = boxesOf(only(boxes, 'ipco')?.content ?? Buffer.alloc(0));
  const pixels = new Map<number, number>();
  const changes = new Map<number, number>();
  for (const box of boxes.filter(({ type }) => type === 'ipma')) {
    const { content } = box;
    const idBytes = version(box) === 0 ? 2 : 4;
    const indexBytes = (content.readUInt8(3) & 1) + 1;
    let at = 8;
    for (let left = content.readUInt32BE(4); left > 0; left--) {
      const item = content.readUIntBE(at, idBytes);
      at += idBytes;
      for (let indexes = content.readUInt8(at++); indexes > 0; indexes--, at += indexBytes) {
        const index = content.readUIntBE(at, indexBytes) & (indexBytes === 1 ? 0x7f : 0x7fff);
        const property = properties[index - 1];
        if (CHANGES.has(property?.type ?? '')) {
          const count = (changes.get(item) ?? 0) + 1;
          if (count > CHANGES.size) throw new RangeError('An item is changed too often.');
          changes.set(item, count);
        }
        if (property?.type !== 'ispe') continue;
        const size = property.content.readUInt32BE(4) * property.content.readUInt32BE(8);
        pixels.set(item, Math.max(size, pixels.get(item) ?? 0));
      }
    }
  }
  return pixels;
}

function referencesOf(box: Box | undefined): { type: string; from: number; to: number[] }[] {
  if (!box) return [];
  const idBytes = version(box) === 0 ? 2 : 4;
  return boxesOf(box.content.subarray(4)).map(({ type, content }) => ({
    type,
    from: content.readUIntBE(0, idBytes),
    to: Array.from({ length: content.readUInt16BE(idBytes) }, (_, index) =>
      content.readUIntBE(2 + (index + 1) * idBytes, idBytes),
    ),
  }));
}

/** One after the other. The last of a file may be cut, as that of the pixels is; too few bytes for one are none. */
function boxesOf(bytes: Buffer, { mayBeCut = false } = {}): Box[] {
  const boxes: Box[] = [];
  for (let start = 0; start + 8 <= bytes.length; ) {
    const short = bytes.readUInt32BE(start);
    const type = bytes.toString('latin1', start + 4, start + 8);
    const head = short === 1 ? 16 : 8;
    const size = short === 1 ? Number(bytes.readBigUInt64BE(start + 8)) : short || bytes.length - start;
    if (size < head) throw new RangeError('A box is smaller than its own head.');
    if (start + size > bytes.length && !mayBeCut) throw new RangeError('A box is larger than what it is in.');
    if (boxes.length === BOXES_MAX) throw new RangeError('There are too many boxes.');
    boxes.push({ type, content: bytes.subarray(start + head, start + size) });
    start += size;
  }
  return boxes;
}

/** Of two, nobody could say which one is meant. */
function only(boxes: readonly Box[], wanted: string): Box | undefined {
  const found = boxes.filter(({ type }) => type === wanted);
  if (found.length > 1) throw new RangeError(`There are several boxes ${wanted}.`);
  return found[0];
}

function version({ content }: Box): number {
  return content.readUInt8(0);
}

function listed(lists: Map<number, number[]>, item: number): number[] {
  const known = lists.get(item);
  if (known) return known;
  const list: number[] = [];
  lists.set(item, list);
  return list;
}
