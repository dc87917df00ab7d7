/** First moment of the month, UTC: as date_trunc('month', at, 'UTC') has it in the metering functions. */
export function monthStartOf(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
}
