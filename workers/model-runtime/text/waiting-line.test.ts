import { describe, expect, it } from 'vitest';
import { nextInLine } from './waiting-line.ts';

const waiting = ['a1', 'a2', 'b1', 'c1'].map((name) => ({ name, lane: name[0] as string }));
const next = (has: Record<string, number>, laneMax = 8) =>
  nextInLine(waiting, (lane) => has[lane] ?? 0, laneMax)?.name;

describe('who gets a free sequence', () => {
  it('is the one that waited longest, of the lanes that have fewest', () => {
    expect(next({})).toBe('a1');
    expect(next({ a: 2, b: 1, c: 1 })).toBe('b1');
    expect(next({ a: 2, b: 1 })).toBe('c1');
  });

  it('is nobody of a lane that has as many as it may', () => {
    expect(next({ a: 2, b: 3, c: 2 }, 2)).toBeUndefined();
    expect(next({ a: 2, b: 3, c: 1 }, 2)).toBe('c1');
  });
});
