import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { avifHeldBytes } from './avif-held-bytes.ts';
import { readAvifItems, withoutExif } from './avif-items.ts';
import { PIXELS_MAX } from './decode-image.ts';
import { type AvifItem, avifOf } from './testing/avif-of.ts';

const million = 1_000_000;

function heldBy(bytes: Uint8Array): number {
  const items = readAvifItems(bytes);
  if (!items) throw new Error('It was not read.');
  return avifHeldBytes(items, PIXELS_MAX);
}
const held = (...items: readonly AvifItem[]) => heldBy(avifOf(items));
const square = (side: number, more: Partial<AvifItem> = {}): AvifItem => ({
  width: side,
  height: side,
  ...more,
});
const grid = (parts: readonly number[], more: Partial<AvifItem> = {}) =>
  square(2_000, { type: 'grid', parts, ...more });

const frames = (count: number) => Buffer.from('\x32\x01\0'.repeat(count), 'latin1');

describe('what decoding an AVIF keeps in memory', () => {
  it('goes with its pixels, as sharp writes it, with an alpha and without', async () => {
    for (const background of ['#345678', { r: 0, g: 0, b: 0, alpha: 0.5 }]) {
      const channels = typeof background === 'string' ? 3 : 4;
      const avif = await sharp({ create: { width: 200, height: 100, channels, background } })
        .avif()
        .toBuffer();
      expect(heldBy(avif)).toBe(24 * 200 * 100);
    }
  });

  it('is that of the largest of what is decoded: a picture’s size, or its alpha’s', () => {
    expect(held(square(1_000))).toBe(24 * million);
    expect(held(square(64), square(1_000, { alphaOf: 1 }))).toBe(24 * million);
    expect(held(square(64), square(1_000))).toBe(24 * 64 * 64); // a thumbnail, for one
    expect(held(square(1_000, { data: frames(4) }))).toBe(24 * million); // that refine each other
  });

  it('is that of a canvas and of four parts of a grid', () => {
    expect(held(grid([2, 3, 4, 5]), square(1_000), square(1_000), square(1_000), square(1_000))).toBe(
      12 * 4 * million + 4 * 24 * million,
    );
  });

  it.each([
    ['more pixels than are read', [square(8_000)]],
    ['one part very often', [grid(new Array(10_000).fill(2)), square(1_000)]],
    ['a large alpha for a small part', [grid([2]), square(64), square(8_000, { alphaOf: 2 })]],
    [
      'small parts with a large alpha, often',
      [grid(new Array(100).fill(2)), square(64), square(1_000, { alphaOf: 2 })],
    ],
    ['parts of parts', [grid([2]), grid([3]), square(64)]],
    ['itself as its part', [grid([1])]],
    ['an alpha of an alpha', [square(64), square(64, { alphaOf: 1 }), square(64, { alphaOf: 2 })]],
    ['itself as its alpha', [square(64, { alphaOf: 1 })]],
    ['a part that is not there', [grid([7])]],
    ['frames upon frames', [square(1_000, { data: frames(51) })]],
    ['one frame again and again', [square(64, { data: frames(1), times: 20_000 })]],
    ['pictures over one another', [square(64, { type: 'iovl', parts: [2] }), square(64)]],
  ] as const)('is too much of %s', (_, items) => {
    expect(held(...items)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what is not written as the standard has it', () => {
  const whole = avifOf([square(64)]);
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['20,000 boxes', Buffer.from('\0\0\0\x08free'.repeat(20_000), 'latin1')],
    ['a file without its items', whole.subarray(0, 28)],
    ['an item of more bytes than there are', avifOf([square(64, { data: frames(9) })]).subarray(0, -1)],
    ['items of 131,070 extents', avifOf(new Array(2).fill(square(64, { data: frames(1), times: 65_535 })))],
    ['an item of many times the file', avifOf([square(64, { data: Buffer.alloc(1_000), times: 30_000 })])],
    ['an item that is turned again and again', avifOf([square(64, { turns: 4 })])],
    ['a coding that is cut short', avifOf([square(64, { data: frames(9).subarray(0, -1) })])],
    ['a file cut within them', whole.subarray(0, whole.indexOf('iprp', 0, 'latin1') + 8)],
    ['two lists of them', Buffer.concat([whole, whole])],
    [
      'a box smaller than its head',
      Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.from('freefree'), whole]),
    ],
    [
      'the short form beside the long one',
      Buffer.concat([whole, Buffer.from([0, 0, 0, 8]), Buffer.from('mini')]),
    ],
  ])('is not read: %s', (_, bytes) => {
    expect(readAvifItems(bytes)).toBeNull();
  });

  it('loses its EXIF, and nothing else, before it is decoded', async () => {
    const picture = sharp({ create: { width: 30, height: 20, channels: 3, background: '#345678' } });
    const avif = await picture
      .withExif({ IFD0: { Copyright: 'nobody' } })
      .withMetadata({ orientation: 6 })
      .avif()
      .toBuffer();
    expect((await sharp(avif).metadata()).exif).toBeDefined();
    const without = withoutExif(avif);
    expect((await sharp(without).metadata()).exif).toBeUndefined();
    expect(await sharp(without).raw().toBuffer()).toEqual(await sharp(avif).raw().toBuffer());
  });

  it('is read with bytes after it, and where sizes have 64 bits', () => {
    expect(readAvifItems(Buffer.concat([whole, Buffer.from('\n')]))?.primary).toBe(1);
    const wide = Buffer.from([0, 0, 0, 1, ...Buffer.from('free'), 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4]);
    expect(readAvifItems(Buffer.concat([wide, whole]))?.primary).toBe(1);
  });
});
