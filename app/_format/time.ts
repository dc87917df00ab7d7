/** Times are shown in UTC, as they are billed. */
const zone = { timeZone: 'UTC' } as const;
const clock = new Intl.DateTimeFormat('en-GB', {
  ...zone,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const hour = new Intl.DateTimeFormat('en-GB', { ...zone, hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { ...zone, day: 'numeric', month: 'short' });
const date = new Intl.DateTimeFormat('en-GB', { ...zone, day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat('en-GB', { ...zone, weekday: 'long', day: 'numeric', month: 'long' });
const month = new Intl.DateTimeFormat('en-GB', { ...zone, month: 'long' });

export const clockTime = (at: Date): string => clock.format(at);
export const hourTime = (at: Date): string => hour.format(at);
export const shortDay = (at: Date): string => day.format(at);
export const calendarDate = (at: Date): string => date.format(at);
export const namedDay = (at: Date): string => longDay.format(at);
export const monthName = (at: Date): string => month.format(at);
export const exactTime = (at: Date): string => `${date.format(at)}, ${clock.format(at)} UTC`;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export function ago(at: Date, now: Date): string {
  const passedMs = Math.max(0, now.getTime() - at.getTime());
  if (passedMs < 10 * secondMs) return 'just now';
  if (passedMs < minuteMs) return `${Math.floor(passedMs / secondMs)} s ago`;
  if (passedMs < hourMs) return `${Math.floor(passedMs / minuteMs)} min ago`;
  if (passedMs < 2 * dayMs) return `${Math.floor(passedMs / hourMs)} h ago`;
  return `${Math.floor(passedMs / dayMs)} days ago`;
}

export function daysUntil(at: Date, now: Date): number {
  return Math.ceil((at.getTime() - now.getTime()) / dayMs);
}
