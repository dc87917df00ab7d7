import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { av1Frames } from './av1-frames.ts';

const avif = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#345678' } })
  .avif()
  .toBuffer();
const at = avif.indexOf('mdat') - 4;
const coding = avif.subarray(at + 8, at + avif.readUInt32BE(at));
/** A unit of a frame as a whole, or of its header. */
const frame = Buffer.from([0x32, 2, 0, 0]);
const frameHeader = Buffer.from([0x1a, 1, 0]);

describe('the frames of AV1', () => {
  it('are one in what sharp writes, and as many as are put behind one another', () => {
    expect(av1Frames(coding)).toBe(1);
    expect(av1Frames(Buffer.concat([coding, coding, coding]))).toBe(3);
    expect(av1Frames(Buffer.concat([coding, Buffer.alloc(20)]))).toBe(1);
  });

  it('are found behind long units, in layers, and as the last one without a size', () => {
    const long = Buffer.concat([Buffer.from([0x7a, 0xac, 0x02]), Buffer.alloc(300)]);
    const inLayer = Buffer.from([0x36, 0x08, 1, 0]);
    const last = Buffer.from([0x30, 0, 0, 0]);
    expect(av1Frames(Buffer.concat([long, frame, frameHeader, inLayer, last]))).toBe(4);
    expect(av1Frames(Buffer.alloc(0))).toBe(0);
  });

  it.each([
    ['a unit that goes on behind the end', frame.subarray(0, 3)],
    ['a unit without its size', frame.subarray(0, 1)],
    ['a size without an end', Buffer.alloc(20, 0xfb)],
  ])('are not counted in %s', (_, bytes) => {
    expect(() => av1Frames(bytes)).toThrow(RangeError);
  });
});
