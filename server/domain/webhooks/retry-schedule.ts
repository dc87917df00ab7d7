import { webhookLimits } from '../rate-limits/limits.ts';

const { retryDelaysMs, jitterShare, retryAfterMsMax } = webhookLimits;

export const attemptsMax = retryDelaysMs.length + 1;

/** From nothing to one, like Math.random. */
export type Random = () => number;

/** So much more or less, so that many do not come at the same moment. */
export function jittered(delayMs: number, random: Random): number {
  return Math.round(delayMs * (1 - jitterShare + 2 * jitterShare * random()));
}

/** Up to so much more: a server that is asked by many tells all of them the same. */
function later(delayMs: number, random: Random): number {
  return Math.round(delayMs * (1 + jitterShare * random()));
}

/** Until the attempt after the one of that number; null after the last. A server may ask for more time, not for less; it gets a little more. */
export function nextDelayMs(
  number: number,
  { retryAfterMs, random }: { readonly retryAfterMs: number; readonly random: Random },
): number | null {
  const delayMs = retryDelaysMs[number - 1];
  if (delayMs === undefined) return null;
  return Math.max(jittered(delayMs, random), later(Math.min(retryAfterMs, retryAfterMsMax), random));
}

/** RFC 9110: seconds or a date. 0 where it is neither. */
export function readRetryAfterMs(header: string | null, now: Date): number {
  if (header === null) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? 0 : Math.max(0, dateMs - now.getTime());
}
