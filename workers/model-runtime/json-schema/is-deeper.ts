/** Level by level: what is nested as deeply as a body can be does not fit on the call stack. */
export function isDeeper(value: unknown, levelsMax: number): boolean {
  let level: unknown[] = [value];
  for (let levels = 0; levels <= levelsMax; levels++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}
