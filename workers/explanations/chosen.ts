/** `count` of the numbers below `from`, each set equally likely. */
export function chosen(count: number, from: number, random: () => number): number[] {
  const numbers = Array.from({ length: from }, (_, index) => index);
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(random() * (from - index));
    const held = numbers[index] as number;
    numbers[index] = numbers[other] as number;
    numbers[other] = held;
  }
  return numbers.slice(0, count);
}
