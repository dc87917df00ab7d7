import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { heldOut } from './held-out.ts';
import { readIdxPictures } from './idx-pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'idx-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, magic: number, sizes: readonly number[], bytes: readonly number[]): void {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(magic, 0);
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  writeFileSync(join(folder, name), gzipSync(Buffer.concat([header, Buffer.from(bytes)])));
}

describe('pictures in the format IDX', () => {
  it('are read, grey in all three channels, and parted', () => {
    const pixels = Array.from({ length: 40 }, (_, at) => at);
    write('train-images-idx3-ubyte.gz', 0x0803, [10, 2, 2], pixels);
    write('train-labels-idx1-ubyte.gz', 0x0801, [10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const set = readIdxPictures(folder, 'train');
    expect(set.side).toBe(2);
    expect([...set.pixels.subarray(12, 18)]).toEqual([4, 4, 4, 5, 5, 5]);
    const { train, held } = heldOut(set, 5);
    expect([...held.labels]).toEqual([0, 5]);
    expect([...train.labels]).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    expect(held.pixels[12]).toBe(20);
  });

  it('are refused in a sentence where they are missing, of another format, or do not belong together', () => {
    expect(() => readIdxPictures(folder, 't10k')).toThrow('is not there');
    write('t10k-images-idx3-ubyte.gz', 0x0801, [1, 2, 2], [1, 2, 3, 4]);
    expect(() => readIdxPictures(folder, 't10k')).toThrow('not of the format IDX');
    write('t10k-images-idx3-ubyte.gz', 0x0803, [1, 2, 2], [1, 2, 3, 4]);
    write('t10k-labels-idx1-ubyte.gz', 0x0801, [9], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(() => readIdxPictures(folder, 't10k')).toThrow('do not belong together');
  });
});
