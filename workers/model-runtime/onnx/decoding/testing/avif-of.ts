/** An item of an AVIF, named by its place in the list, from 1. */
export interface AvifItem {
  readonly type?: 'av01' | 'grid' | 'iovl';
  readonly width: number;
  readonly height: number;
  /** Of an item that is coded: one that sharp wrote, whose coding it takes over. */
  readonly coded?: Buffer;
  readonly data?: Buffer;
  /** How often it is turned by a quarter. */
  readonly turns?: number;
  /** How often its bytes are named as its own: once, where it is left out. */
  readonly times?: number;
  readonly parts?: readonly number[];
  /** Its place is that of the alpha of the item named. */
  readonly alphaOf?: number;
}

const u16 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => u16(Math.floor(value / 65_536), value % 65_536)));
const text = (value: string) => Buffer.from(value, 'latin1');
const box = (type: string, ...parts: Buffer[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(content.length + 8), text(type), content]);
};
const versioned = (type: string, version: number, ...parts: Buffer[]) =>
  box(type, Buffer.from([version, 0, 0, 0]), ...parts);

/** An AVIF whose first item is what is shown; `sharp` writes none of several items but an alpha of the same size. */
export function avifOf(items: readonly AvifItem[]): Buffer {
  const start = box('ftyp', text('avif'), u32(0), text('avifmif1miaf'));
  const data = items.map(
    (item) => item.data ?? (item.coded ? contentOf(item.coded, 'mdat') : Buffer.alloc(0)),
  );
  const length = start.length + meta(items, data, 0).length + 8;
  return Buffer.concat([start, meta(items, data, length), box('mdat', ...data)]);
}

/** Of parts of the same size, row by row: what stands in the data of the item that they are put together to. */
export function gridData(rows: number, columns: number, width: number, height: number): Buffer {
  return Buffer.concat([Buffer.from([0, 0, rows - 1, columns - 1]), u16(width, height)]);
}

/** Of one part: laid over a canvas of that size. */
export function overlayData(width: number, height: number): Buffer {
  return Buffer.concat([u16(0, 0, 0, 0, 0, width, height), u16(0, 0)]);
}

function meta(items: readonly AvifItem[], data: readonly Buffer[], dataAt: number): Buffer {
  const properties: Buffer[] = [];
  const associations = items.map((item, index) => {
    const own: Buffer[] = [versioned('ispe', 0, u32(item.width, item.height))];
    if (item.coded) own.push(boxOf(item.coded, 'av1C'));
    if (item.alphaOf) own.push(versioned('auxC', 0, text('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0')));
    for (let turn = item.turns ?? 0; turn > 0; turn--) own.push(box('irot', Buffer.from([1])));
    const places = own.map((property) => properties.push(property));
    return Buffer.concat([u16(index + 1), Buffer.from([places.length, ...places])]);
  });
  const references = items.flatMap(({ parts = [], alphaOf }, index) => [
    ...(parts.length > 0 ? [box('dimg', u16(index + 1, parts.length, ...parts))] : []),
    ...(alphaOf ? [box('auxl', u16(index + 1, 1, alphaOf))] : []),
  ]);
  const entries = items.map(({ type = 'av01' }, index) =>
    versioned('infe', 2, u16(index + 1, 0), text(`${type}\0`)),
  );
  let at = dataAt;
  const places = data.map(({ length }, index) => {
    const times = length === 0 ? 0 : (items[index]?.times ?? 1);
    const extents = Buffer.concat(new Array<Buffer>(times).fill(u32(at, length)));
    at += length;
    return Buffer.concat([u16(index + 1, 0, times), extents]);
  });
  return versioned(
    'meta',
    0,
    versioned('hdlr', 0, u32(0), text('pict'), Buffer.alloc(13)),
    versioned('pitm', 0, u16(1)),
    versioned('iloc', 0, Buffer.from([0x44, 0]), u16(items.length), ...places),
    versioned('iinf', 0, u16(items.length), ...entries),
    versioned('iref', 0, ...references),
    box('iprp', box('ipco', ...properties), versioned('ipma', 0, u32(items.length), ...associations)),
  );
}

function boxOf(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type, 0, 'latin1') - 4;
  return file.subarray(at, at + file.readUInt32BE(at));
}

function contentOf(file: Buffer, type: string): Buffer {
  return boxOf(file, type).subarray(8);
}
