import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openImageDecoder } from './decode-image.ts';
import { avifOf, gridData, overlayData } from './testing/avif-of.ts';

const SIZE = 24;
const decoder = await openImageDecoder({ resizeTo: SIZE, cropTo: SIZE, mean: [0, 0, 0], std: [1, 1, 1] });

const RED = { r: 200, g: 40, b: 20 };
const plain = (width = 64, height = 48) => sharp({ create: { width, height, channels: 3, background: RED } });

/** The mean of each channel over the rows given. */
async function colours(bytes: Uint8Array, from = 0, to = SIZE): Promise<number[]> {
  const pixels = await decoder.decode(bytes);
  if ('refused' in pixels) throw new Error(pixels.reason);
  expect(pixels.length).toBe(3 * SIZE * SIZE);
  return [0, 1, 2].map((channel) => {
    const values = pixels.slice(from * SIZE * 3, to * SIZE * 3).filter((_, at) => at % 3 === channel);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance = 6): void {
  actual.forEach((value, channel) => {
    expect(Math.abs(value - (expected[channel] ?? Number.NaN))).toBeLessThan(tolerance);
  });
}

async function reasonFor(bytes: Uint8Array): Promise<string> {
  const answer = await decoder.decode(bytes);
  return 'refused' in answer ? answer.reason : 'decoded';
}

describe('decoding a picture', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)('reads a %s', async (type) => {
    expectNear(await colours(await plain().toFormat(type).toBuffer()), [200, 40, 20]);
  });

  it('lays transparency over white', async () => {
    const clear = sharp({ create: { width: 9, height: 9, channels: 4, background: { ...RED, alpha: 0 } } });
    expectNear(await colours(await clear.png().toBuffer()), [255, 255, 255], 1);
  });

  it('reads grey, 16 bits and CMYK', async () => {
    const grey = sharp({ create: { width: 9, height: 9, channels: 3, background: '#808080' } });
    expectNear(await colours(await grey.clone().toColourspace('b-w').png().toBuffer()), [128, 128, 128]);
    expectNear(await colours(await grey.clone().toColourspace('b-w').jpeg().toBuffer()), [128, 128, 128]);
    expectNear(await colours(await grey.clone().toColourspace('grey16').png().toBuffer()), [128, 128, 128]);
    const deep = await plain().toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expectNear(await colours(deep), [200, 40, 20]);
    const cmyk = await plain().toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    expectNear(await colours(cmyk), [200, 40, 20], 40); // what CMYK can say of that red
  });

  it('turns a picture as its EXIF says', async () => {
    const upper = await sharp({ create: { width: 32, height: 64, channels: 3, background: '#000000' } })
      .composite([{ input: await plain(32, 32).png().toBuffer(), top: 0, left: 0 }])
      .png()
      .toBuffer();
    // Stored upside down, with the note to turn it by half.
    const turned = await sharp(upper).rotate(180).jpeg().withMetadata({ orientation: 3 }).toBuffer();
    const square = await sharp(upper).resize(64, 64, { fit: 'fill' }).rotate(180).png().toBuffer();
    const noted = await sharp(square).withMetadata({ orientation: 3 }).jpeg().toBuffer();
    expectNear(await colours(noted, 0, 8), [200, 40, 20], 12);
    expectNear(await colours(noted, 16, 24), [0, 0, 0], 12);
    expectNear(await colours(turned, 0, 4), [200, 40, 20], 12);
  });

  it('passes over an orientation that does not exist', async () => {
    const noted = await plain().withMetadata({ orientation: 1 }).jpeg().toBuffer();
    const tag = noted.indexOf(Buffer.from([0x12, 0x01, 0x03, 0x00])); // little-endian, one short
    expect(tag).toBeGreaterThan(0);
    noted[tag + 8] = 99;
    expectNear(await colours(noted), [200, 40, 20]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = [RED, { r: 0, g: 0, b: 255 }].map((background) =>
      sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    const animated = await sharp(await Promise.all(frames), { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(animated, { pages: -1 }).metadata()).pages).toBe(2);
    expectNear(await colours(animated), [200, 40, 20]);
  });

  it('reads a single pixel', async () => {
    expectNear(await colours(await plain(1, 1).png().toBuffer()), [200, 40, 20]);
  });

  it('reads an AVIF that is put together of others', async () => {
    const coded = await plain(64, 64).avif().toBuffer();
    const part = { width: 64, height: 64, coded };
    const whole = { type: 'grid', width: 120, height: 100, data: gridData(2, 2, 120, 100) } as const;
    expectNear(
      await colours(avifOf([{ ...whole, parts: [2, 3, 4, 5] }, part, part, part, part])),
      [200, 40, 20],
    );
  });

  it('reads a strip ten thousand times as wide as high', async () => {
    expectNear(await colours(await plain(10_000, 1).png().toBuffer()), [200, 40, 20]);
  });
});

describe('refusing a picture', () => {
  it('refuses what is cut short', async () => {
    const noise = sharp(Buffer.from(Array.from({ length: 3 * 64 * 64 }, (_, at) => (at * 7919) % 251)), {
      raw: { width: 64, height: 64, channels: 3 },
    });
    for (const type of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
      const whole = await noise.clone().toFormat(type).toBuffer();
      expect(await reasonFor(whole.subarray(0, whole.length / 2)), type).toBe('damaged');
      expect(await reasonFor(whole.subarray(0, 24)), type).toBe('damaged');
    }
  });

  it('refuses a strip that is too long to be made as high as the model reads, in words that are true', async () => {
    expect(await reasonFor(await plain(4_000_000, 1).png().toBuffer())).toBe('too_many_pixels');
  });

  it('refuses an AVIF that is turned again and again, and turns one that is so once', async () => {
    const coded = await plain(64, 64).avif().toBuffer();
    const turned = (turns: number) => avifOf([{ width: 64, height: 64, coded, turns }]);
    expectNear(await colours(turned(1)), [200, 40, 20]);
    expect(await reasonFor(turned(60))).toBe('damaged');
  });

  it('refuses a header of 20,000 by 20,000 pixels before it decodes', async () => {
    const bomb = await plain(1, 1).png().toBuffer();
    bomb.writeUInt32BE(20_000, 16);
    bomb.writeUInt32BE(20_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    expect(await reasonFor(bomb)).toBe('too_many_pixels');
  });

  /** A small PNG whose header says that it is large; its own decoder would call it damaged. */
  async function pngOf(side: number, { interlaced = false, orientation = 1 } = {}): Promise<Buffer> {
    const small = plain(4, 4).ensureAlpha().toColourspace('rgb16');
    const png = await small.withMetadata({ orientation }).png({ progressive: interlaced }).toBuffer();
    png.writeUInt32BE(side, 16);
    png.writeUInt32BE(side, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    return png;
  }
  async function jpegOf(side: number, options: object): Promise<Buffer> {
    const jpeg = await plain(16, 16).toColourspace('cmyk').jpeg(options).toBuffer();
    const frame = Math.max(jpeg.indexOf('\xff\xc2', 0, 'latin1'), jpeg.indexOf('\xff\xc0', 0, 'latin1'));
    jpeg.writeUInt16BE(side, frame + 5);
    jpeg.writeUInt16BE(side, frame + 7);
    return jpeg;
  }
  async function avifSaying(width: number, height: number): Promise<Buffer> {
    const avif = await plain(64, 64).avif().toBuffer();
    const extents = avif.indexOf('ispe');
    avif.writeUInt32BE(width, extents + 8);
    avif.writeUInt32BE(height, extents + 12);
    return avif;
  }

  it.each([
    ['an AVIF of 13 million pixels', () => avifSaying(4_000, 3_250)],
    ['an interlaced PNG of 8 bytes a pixel', () => pngOf(6_200, { interlaced: true })],
    ['a turned PNG of 8 bytes a pixel', () => pngOf(6_200, { orientation: 6 })],
    [
      'an AVIF of 64 by 64 whose alpha has 49 million',
      async () => {
        const coded = await plain(64, 64).avif().toBuffer();
        return avifOf([
          { width: 64, height: 64, coded },
          { width: 7_000, height: 7_000, coded, alphaOf: 1 },
        ]);
      },
    ],
    [
      'an AVIF of 64 by 64 laid over 256 million',
      async () => {
        const coded = await plain(64, 64).avif().toBuffer();
        const canvas = { width: 64, height: 64, data: overlayData(16_000, 16_000) };
        return avifOf([
          { type: 'iovl', ...canvas, parts: [2] },
          { width: 64, height: 64, coded },
        ]);
      },
    ],
    [
      'an AVIF of a million pixels that has 51 frames, of which the last one is shown',
      async () => {
        const coded = await plain(1_000, 1_000).avif({ effort: 0 }).toBuffer();
        const one = coded.subarray(coded.indexOf('mdat') + 4);
        const data = Buffer.concat(new Array<Buffer>(51).fill(one));
        return avifOf([{ width: 1_000, height: 1_000, coded, data }]);
      },
    ],
    ['a progressive JPEG of four inks', () => jpegOf(6_200, { progressive: true })],
  ])('refuses by its header what would be kept whole and is too much: %s', async (_, picture) => {
    expect(await reasonFor(await picture())).toBe('too_many_pixels');
  });

  it.each([
    ['an AVIF of a phone', () => avifSaying(4_032, 3_024)],
    ['a PNG that is read row by row', () => pngOf(6_200)],
    ['an interlaced PNG of less', () => pngOf(6_100, { interlaced: true })],
    ['a JPEG that is read row by row', () => jpegOf(6_200, {})],
  ])('begins to decode %s', async (_, picture) => {
    expect(await reasonFor(await picture())).not.toBe('too_many_pixels');
  });

  describe('an EXIF that leads to itself 5,000 times', () => {
    const exif = Buffer.alloc(10 + 12 * 5_000);
    exif.write('II*\0\x08', 'latin1');
    exif.writeUInt16LE(5_000, 8);
    for (let at = 10; at < exif.length; at += 12) {
      exif.writeUInt16LE(0x8769, at);
      exif.writeUInt32LE(8, at + 8);
    }
    async function soon(bytes: Uint8Array): Promise<string> {
      const startedAt = performance.now();
      const reason = await reasonFor(bytes);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      return reason;
    }

    it('is refused in a JPEG before anybody follows it', async () => {
      const [jpeg, length] = [await plain().jpeg().toBuffer(), Buffer.alloc(2)];
      length.writeUInt16BE(exif.length + 8);
      const segment = [Buffer.from([0xff, 0xe1]), length, Buffer.from('Exif\0\0'), exif];
      expect(await soon(Buffer.concat([jpeg.subarray(0, 2), ...segment, jpeg.subarray(2)]))).toBe('too_slow');
    });

    it('is passed over in an AVIF', async () => {
      const noted = plain().withExif({ IFD0: { Copyright: 'x'.repeat(exif.length) } });
      const avif = await noted.avif().toBuffer();
      exif.copy(avif, avif.indexOf('II*\0', 0, 'latin1'));
      expect(await soon(avif)).toBe('decoded');
    });
  });

  it('refuses a WebP of more frames than are looked through', async () => {
    const still = (await plain(8, 8).webp().toBuffer()).subarray(12);
    const frame = Buffer.alloc(24);
    frame.write('ANMF');
    frame.writeUInt32LE(16 + still.length, 4);
    frame.writeUIntLE(7, 14, 3);
    frame.writeUIntLE(7, 17, 3);
    const begin = Buffer.from('VP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0ANIM\x06\0\0\0\0\0\0\0\0\0', 'latin1');
    const webpOf = (frames: number) => {
      const body = Buffer.concat([
        Buffer.from('WEBP'),
        begin,
        ...new Array<Buffer>(frames).fill(Buffer.concat([frame, still])),
      ]);
      const head = Buffer.from('RIFF\0\0\0\0');
      head.writeUInt32LE(body.length, 4);
      return Buffer.concat([head, body]);
    };
    expectNear(await colours(webpOf(2_000)), [200, 40, 20]);
    expect(await reasonFor(webpOf(6_000))).toBe('too_slow');
  });

  it('refuses a JPEG that goes over its picture for every coefficient', async () => {
    const jpeg = await plain(64, 64).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer();
    const mark = Buffer.from([0xff, 0xda]);
    const [first, second] = [jpeg.indexOf(mark), jpeg.indexOf(mark, jpeg.indexOf(mark) + 2)];
    const firstEnd = jpeg.indexOf(Buffer.from([0xff, 0xc4]), first);
    const secondEnd = jpeg.indexOf(Buffer.from([0xff, 0xc4]), second);
    const jpegOfScans = (coefficients: number) => {
      const scans = Array.from({ length: 3 * coefficients }, (_, index) => {
        const scan = Buffer.from(jpeg.subarray(second, secondEnd));
        const coefficient = 1 + Math.floor(index / 3);
        scan.set([1 + (index % 3), scan[6] ?? 0, coefficient, coefficient, 0], 5);
        return scan;
      });
      const tables = jpeg.subarray(firstEnd, second);
      return Buffer.concat([jpeg.subarray(0, firstEnd), tables, ...scans, Buffer.from([0xff, 0xd9])]);
    };
    expectNear(await colours(jpegOfScans(33)), [200, 40, 20]);
    expect(await reasonFor(jpegOfScans(34))).toBe('too_slow');
    const large = jpegOfScans(11);
    const frame = large.indexOf(Buffer.from([0xff, 0xc2]));
    large.writeUInt16BE(7_000, frame + 5);
    large.writeUInt16BE(7_000, frame + 7);
    expect(await reasonFor(large)).toBe('too_slow');
  });

  it.each([
    ['nothing', '', 'not_an_image'],
    ['a ZIP', 'PK\x03\x04\x14\0\0\0', 'not_an_image'],
    ['an SVG that links outside', '<svg><image href="http://192.0.2.1/a.png"/></svg>', 'unsupported_type'],
    ['a JPEG of three bytes', '\xff\xd8\xff', 'damaged'],
    ['a PNG that goes on as an SVG', '\x89PNG\r\n\x1a\n<svg width="9" height="9"/>', 'damaged'],
  ])('refuses %s', async (_, text, reason) => {
    expect(await reasonFor(Buffer.from(text, 'latin1'))).toBe(reason);
  });
});

/** PNG's own (ISO 3309), bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
