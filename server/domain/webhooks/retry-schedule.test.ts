import { describe, expect, it } from 'vitest';
import { webhookLimits } from '../rate-limits/limits.ts';
import { attemptsMax, nextDelayMs, readRetryAfterMs } from './retry-schedule.ts';

const hourMs = 3_600_000;

describe('the schedule', () => {
  const delays = (random: () => number) =>
    Array.from({ length: attemptsMax }, (_, index) => nextDelayMs(index + 1, { retryAfterMs: 0, random }));

  it('is that of the specification: ten attempts in more than three days, then no more', () => {
    const exact = delays(() => 0.5);
    expect(exact.slice(0, -1)).toEqual(webhookLimits.retryDelaysMs);
    expect(exact.at(-1)).toBeNull();
    const sum = exact.reduce<number>((all, delayMs) => all + (delayMs ?? 0), 0);
    expect(sum).toBe((75 * 60 + 35) * 60_000 + 5_000);
  });

  it('is spread by a fifth to both sides', () => {
    const [least, most] = [delays(() => 0), delays(() => 1)];
    webhookLimits.retryDelaysMs.forEach((delayMs, index) => {
      expect(least[index]).toBeCloseTo(delayMs * 0.8, -1);
      expect(most[index]).toBeCloseTo(delayMs * 1.2, -1);
    });
    expect(new Set(delays(Math.random)).size).toBe(attemptsMax);
  });

  it('grants a server more time, within a day, and never less', () => {
    const next = (retryAfterMs: number, drawn = 0) => nextDelayMs(2, { retryAfterMs, random: () => drawn });
    expect(next(hourMs)).toBe(hourMs);
    expect(next(1, 0.5)).toBe(5 * 60_000);
    expect(next(90 * hourMs)).toBe(24 * hourMs);
    // What was told the same does not come back at the same moment.
    expect(next(hourMs, 1)).toBe(1.2 * hourMs);
  });

  it.each([
    [null, 0],
    ['120', 120_000],
    ['Thu, 26 Nov 2026 12:00:30 GMT', 30_000],
    ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
    ['99999999999999999999', 0],
  ])('reads Retry-After: %s as %d ms', (header, expected) => {
    expect(readRetryAfterMs(header, new Date('2026-11-26T12:00:00Z'))).toBe(expected);
  });
});
