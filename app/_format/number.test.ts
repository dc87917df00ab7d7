import { describe, expect, it } from 'vitest';
import { exactMoney, money } from './money.ts';
import { byteSize, count, fixed, percent, short, signed } from './number.ts';
import { ago } from './time.ts';

describe('numbers as people read them', () => {
  it('groups thousands', () => expect(count(983_583)).toBe('983,583'));
  it.each([
    [1, '1 byte'],
    [1_023, '1,023 bytes'],
    [1_536, '1.5 KiB'],
    [50 * 1_024, '50 KiB'],
    [95 * 1_024 * 1_024, '95 MiB'],
  ])('%d bytes', (bytes, text) => expect(byteSize(bytes)).toBe(text));
  it.each([
    [0, '0'],
    [999, '999'],
    [1_500, '1.5\u2009k'],
    [20_000, '20\u2009k'],
    [10_000_000_000, '10\u2009B'],
  ])('shortens %d for an axis', (value, text) => expect(short(value)).toBe(text));
  it('writes a true minus', () => {
    expect(fixed(-0.31, 2)).toBe('−0.31');
    expect(signed(0.22, 2)).toBe('+0.22');
  });
  it('writes a share as per cent', () => expect(percent(0.0011)).toBe('0.11'));
});

describe('money', () => {
  it('keeps every micro-dollar on a slip', () => expect(exactMoney(11)).toBe('$0.000011'));
  it('shows cents from a dollar up and micro-dollars below', () => {
    expect(money(0)).toBe('$0.00');
    expect(money(11)).toBe('$0.000011');
    expect(money(184_200_000)).toBe('$184.20');
  });
});

describe('how long ago', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  it.each([
    ['2026-11-22T11:59:58Z', 'just now'],
    ['2026-11-22T11:59:20Z', '40 s ago'],
    ['2026-11-22T11:58:00Z', '2 min ago'],
    ['2026-11-21T19:00:00Z', '17 h ago'],
    ['2026-11-19T12:00:00Z', '3 days ago'],
    ['2026-11-22T12:00:09Z', 'just now'],
  ])('%s', (at, text) => expect(ago(new Date(at), now)).toBe(text));
});
