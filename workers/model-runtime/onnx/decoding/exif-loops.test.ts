import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { exifLoops } from './exif-loops.ts';

const EXIF = 0x8769;

interface Entry {
  readonly tag: number;
  readonly value: number;
}

/** Its first directory follows the header at once, and may be followed by another. */
function tiffOf(entries: readonly Entry[], { isLittle = true, next = 0 } = {}): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 12 * entries.length + 4);
  const short = (value: number, at: number) =>
    isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    isLittle ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(isLittle ? 'II' : 'MM', 'latin1');
  short(42, 2);
  long(8, 4);
  short(entries.length, 8);
  entries.forEach(({ tag, value }, index) => {
    const at = 10 + 12 * index;
    short(tag, at);
    short(4, at + 2);
    long(1, at + 4);
    long(value, at + 8);
  });
  long(next, 10 + 12 * entries.length);
  return tiff;
}

const looping = (count: number, options = {}) =>
  tiffOf(new Array(count).fill({ tag: EXIF, value: 8 }), options);
const jpegWith = (tiff: Buffer) =>
  Buffer.concat([Buffer.from('\xff\xd8\xff\xe1\xff\xffExif\0\0', 'latin1'), tiff]);
const pngWith = (exif: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(exif.length);
  return Buffer.concat([length, Buffer.from('eXIf'), exif]);
};
const webpWith = (exif: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(exif.length);
  return Buffer.concat([Buffer.from('EXIF'), length, exif]);
};

describe('EXIF that would be read for ever', () => {
  it.each([
    ['jpeg', jpegWith(looping(100))],
    ['jpeg', jpegWith(looping(100, { isLittle: false }))],
    ['png', pngWith(looping(100))],
    ['png', pngWith(Buffer.concat([Buffer.from('Exif\0\0'), looping(100)]))],
    ['webp', webpWith(looping(100))],
  ] as const)('is seen in a %s', (type, bytes) => {
    expect(exifLoops(bytes, type)).toBe(true);
  });

  it.each([
    ['behind the first directory', Buffer.concat([tiffOf([], { next: 14 }), looping(100).subarray(8)])],
    ['behind a pointer', Buffer.concat([tiffOf([{ tag: 0x8825, value: 26 }]), looping(100).subarray(8)])],
    ['behind another mark', Buffer.concat([tiffOf([]), jpegWith(looping(100))])],
  ])('is seen %s', (_, tiff) => {
    expect(exifLoops(jpegWith(tiff), 'jpeg')).toBe(true);
  });

  it.each([
    [
      'a directory that leads to each of the others',
      tiffOf([EXIF, 0x8825, 0xa005].map((tag) => ({ tag, value: 8 }))),
    ],
    [
      'many entries that lead nowhere',
      tiffOf(Array.from({ length: 5_000 }, () => ({ tag: 0x0112, value: 8 }))),
    ],
    ['pointers outside of it', tiffOf([{ tag: EXIF, value: 0xffffffff }], { next: 0xfffffff0 })],
    ['nothing', Buffer.alloc(0)],
    ['a header alone', Buffer.from('II*\0\x08\0\0\0', 'latin1')],
    ['no header', Buffer.alloc(100, 0x87)],
  ])('is not %s', (_, tiff) => {
    expect(exifLoops(jpegWith(tiff), 'jpeg')).toBe(false);
    expect(exifLoops(pngWith(tiff), 'png')).toBe(false);
    expect(exifLoops(webpWith(tiff), 'webp')).toBe(false);
  });

  it('is none that sharp writes, and none of a GIF', async () => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: '#345678' } });
    const noted = picture.withExif({ IFD0: { Copyright: 'nobody' }, IFD3: { GPSLatitudeRef: 'N' } });
    for (const type of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await noted.clone().toFormat(type).toBuffer();
      expect((await sharp(bytes).metadata()).exif).toBeDefined();
      expect(exifLoops(bytes, type)).toBe(false);
    }
    expect(exifLoops(jpegWith(looping(100)), 'gif')).toBe(false);
  });

  it('is given up where there is more of it than anybody writes, soon', () => {
    const marks = Buffer.alloc(9_000_000, Buffer.from('Exif\0\0II*\0\x08\0\0\0\xff\xff', 'latin1'));
    const startedAt = performance.now();
    expect(exifLoops(marks, 'jpeg')).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
