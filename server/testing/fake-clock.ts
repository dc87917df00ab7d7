import type { Clock } from '#server/domain/clock.ts';

export interface FakeClock extends Clock {
  advance(ms: number): void;
  set(time: Date | string): void;
}

/** Stands still until it is told otherwise. */
export function createFakeClock(start: Date | string = '2026-11-22T12:00:00Z'): FakeClock {
  let nowMs = new Date(start).getTime();
  return {
    now: () => new Date(nowMs),
    advance(ms) {
      nowMs += ms;
    },
    set(time) {
      nowMs = new Date(time).getTime();
    },
  };
}
