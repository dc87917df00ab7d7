/** Days are UTC, and a key that expires does so at a day's end. */
export function dayOf(at: Date | null): string {
  return at ? at.toISOString().slice(0, 10) : '';
}

export function endOf(day: string): Date | null {
  return day === '' ? null : new Date(`${day}T23:59:59.999Z`);
}
