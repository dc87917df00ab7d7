import type { Clock } from '#server/domain/clock.ts';

export const systemClock: Clock = { now: () => new Date() };
