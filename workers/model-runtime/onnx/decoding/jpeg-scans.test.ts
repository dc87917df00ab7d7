import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpegScans } from './jpeg-scans.ts';

const most = 1_000;
const noise = sharp(Buffer.from(Array.from({ length: 3 * 64 * 64 }, (_, at) => (at * 7919) % 251)), {
  raw: { width: 64, height: 64, channels: 3 },
});
const [once, inPasses] = await Promise.all([
  noise.clone().jpeg({ quality: 100 }).toBuffer(),
  noise.clone().jpeg({ progressive: true }).toBuffer(),
]);
const segment = (marker: number, content: Uint8Array) =>
  Buffer.concat([Buffer.from([0xff, marker, 0, content.length + 2]), content]);
const scan = Buffer.concat([segment(0xda, Buffer.alloc(8)), Buffer.from([7, 0xff, 0, 0xff, 0xd0, 7])]);
const start = Buffer.from([0xff, 0xd8]);
const end = Buffer.from([0xff, 0xd9]);

describe('the scans of a JPEG', () => {
  it('are those that sharp writes', () => {
    expect(jpegScans(once, most)).toBe(1);
    expect(jpegScans(inPasses, most)).toBeGreaterThan(5);
    expect(jpegScans(inPasses, most)).toBeLessThan(20);
  });

  it('are none of a thumbnail in it, and none of what stands behind it', () => {
    const [behind, rest] = [Buffer.concat([once, inPasses]), once.subarray(2)];
    expect(jpegScans(behind, most)).toBe(1);
    const thumbnail = segment(0xe1, Buffer.concat([start, scan, scan]));
    expect(jpegScans(Buffer.concat([start, thumbnail, rest]), most)).toBe(1);
  });

  it('are found behind filling bytes and what belongs to nothing, and no more than are asked for', () => {
    const many = Buffer.concat([start, ...new Array<Buffer>(50).fill(scan), end]);
    expect(jpegScans(many, most)).toBe(50);
    expect(jpegScans(many, 7)).toBe(7);
    const apart = Buffer.concat([start, Buffer.from([1, 2, 0xff, 0xff, 0xff]), scan.subarray(1), scan, end]);
    expect(jpegScans(apart, most)).toBe(2);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a start alone', start],
    ['a mark without what it marks', Buffer.from([0xff, 0xd8, 0xff])],
    ['a length cut in half', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0])],
    ['a length of nothing', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0])],
  ])('are none in %s', (_, bytes) => {
    expect(jpegScans(bytes, most)).toBe(0);
  });
});
