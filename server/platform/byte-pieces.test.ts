import { describe, expect, it } from 'vitest';
import { BytePieces } from './byte-pieces.ts';

describe('the pieces of a body', () => {
  it('are joined in their order, however long each is', () => {
    const lengths = [0, 1, 7, 4_095, 4_096, 70_000];
    for (const count of [2, 63, 64, 65, 66, 200, 400]) {
      const pieces = new BytePieces();
      const parts = Array.from({ length: count }, (_, at) =>
        Buffer.alloc(lengths[(at * at + count) % lengths.length] ?? 0, at),
      );
      for (const part of parts) pieces.add(part);
      expect(pieces.bytes).toBe(parts.reduce((sum, { length }) => sum + length, 0));
      expect(Buffer.compare(pieces.joined(), Buffer.concat(parts))).toBe(0);
    }
  });

  it('are one as it came, or nothing', () => {
    const pieces = new BytePieces();
    expect(pieces.joined()).toHaveLength(0);
    const only = Buffer.from('only');
    pieces.add(only);
    expect(pieces.joined()).toBe(only);
  });

  it('take hardly more memory than they are long, also byte by byte and with long ones between them', () => {
    const source = Buffer.alloc(65_536, 1);
    for (const long of [null, source.subarray(0, 4_096)]) {
      const pieces = new BytePieces();
      const before = held();
      for (let at = 0; at < (long ? 5_000 : 2_000_000); at++) {
        pieces.add(source.subarray(at % 60_000, (at % 60_000) + 1));
        if (long) pieces.add(Buffer.from(long));
      }
      expect(held() - before - pieces.bytes).toBeLessThan(64 * 1024 * 1024);
    }
  });
});

function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
