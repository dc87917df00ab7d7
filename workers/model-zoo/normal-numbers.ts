/** Normally distributed around 0 with a variance of 1, out of numbers from 0 to 1 (Box and Muller, 1958). */
export function normalNumber(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
