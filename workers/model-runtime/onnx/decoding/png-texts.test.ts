import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { withoutTexts } from './png-texts.ts';
import { packedText, pngChunk, pngWith } from './testing/png-with-texts.ts';

const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#345678' } })
  .withMetadata({ density: 72 })
  .png()
  .toBuffer();
const text = pngChunk('tEXt', Buffer.from('Comment\0a picture'));
const international = pngChunk('iTXt', Buffer.from('Comment\0\0\0en\0\0a picture'));
const endAt = png.lastIndexOf('IEND') - 4;

describe('a PNG without its texts', () => {
  it('is the one that it was before it had any, wherever they stand', () => {
    expect(withoutTexts(pngWith(png, [text, packedText(100), international]))).toEqual(png);
    expect(withoutTexts(Buffer.concat([png.subarray(0, endAt), text, png.subarray(endAt)]))).toEqual(png);
    expect(withoutTexts(Buffer.concat([pngWith(png, [text]), Buffer.from('\n')]))).toEqual(
      Buffer.concat([png, Buffer.from('\n')]),
    );
  });

  it('is the same bytes where it has none', () => {
    expect(withoutTexts(png)).toBe(png);
    const other = pngWith(png, [pngChunk('tIME', Buffer.alloc(7)), pngChunk('tEXT', Buffer.alloc(9))]);
    expect(withoutTexts(other)).toBe(other);
  });

  it('is as cut as it came', () => {
    const cut = png.subarray(0, endAt - 3);
    expect(withoutTexts(cut)).toBe(cut);
    expect(withoutTexts(pngWith(cut, [text]))).toEqual(cut);
    const inText = pngWith(png, [text]).subarray(0, 33 + 14);
    expect(withoutTexts(inText)).toEqual(png.subarray(0, 33));
    const endless = Buffer.from(pngWith(png, [text]));
    endless.writeUInt32BE(0xffffffff, 33);
    expect(withoutTexts(endless)).toEqual(png.subarray(0, 33));
    for (const length of [8, 12, 19]) expect(withoutTexts(png.subarray(0, length))).toHaveLength(length);
  });
});
