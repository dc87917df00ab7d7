/** Where the greatest values stand, so many of them, the greatest first; of equal ones the first. */
export function greatest(values: readonly number[], count: number): number[] {
  const found: number[] = [];
  const at = (place: number) => values[found[place] ?? 0] ?? 0;
  values.forEach((value, index) => {
    if (found.length === count && value <= at(count - 1)) return;
    let place = found.length;
    while (place > 0 && at(place - 1) < value) place--;
    found.splice(place, 0, index);
    if (found.length > count) found.pop();
  });
  return found;
}
