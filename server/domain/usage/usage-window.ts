import { DomainError } from '../errors.ts';
import { usageLimits } from '../rate-limits/limits.ts';

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;
const hoursDefault = 24;
const daysDefault = 30;

export interface UsageWindow {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

/**
 * The whole hours, UTC, that contain what was asked for: usage is kept by the hour. Left out: until now, the last 24 hours
 * by the hour, and otherwise the last 30 days.
 */
export function usageWindow(
  asked: { readonly from?: Date | undefined; readonly to?: Date | undefined; readonly isHourly: boolean },
  now: Date,
): UsageWindow {
  const { isHourly } = asked;
  const to = Math.ceil((asked.to?.getTime() ?? now.getTime() + 1) / hourMs) * hourMs;
  const from = asked.from ? Math.floor(asked.from.getTime() / hourMs) * hourMs : defaultFrom(to, isHourly);
  if (from >= to) throw new DomainError('invalid_request', 'from must lie before to.', { param: 'from' });
  const daysMax = isHourly ? usageLimits.hourlyDaysMax : usageLimits.daysMax;
  if (to - from > daysMax * dayMs) {
    const kind = isHourly ? 'A period by the hour' : 'A period';
    const sentence = `${kind} has at most ${daysMax} days. Ask for a later from, or an earlier to.`;
    throw new DomainError('invalid_request', sentence, { param: 'from' });
  }
  return { from: new Date(from), to: new Date(to) };
}

function defaultFrom(to: number, isHourly: boolean): number {
  if (isHourly) return to - hoursDefault * hourMs;
  return Math.floor((to - 1) / dayMs) * dayMs - (daysDefault - 1) * dayMs;
}
