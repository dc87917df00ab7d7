/** The same direction with length 1 (L2). What has no direction, all zeros, stays as it is. */
export function unitLength(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? values : values.map((value) => value / length);
}
