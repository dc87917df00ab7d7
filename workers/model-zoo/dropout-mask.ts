/**
 * What a dropout of `rate` multiplies `size` values with: 0 where one is dropped, else what keeps the expectation.
 * Made here and not by a back end's own generator, so that a run repeats itself on every engine. Xorshift
 * (Marsaglia, 2003); each of its numbers decides four values, so the rate is rounded to a 256th.
 */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const dropped = Math.round(rate * 256);
  const kept = 256 / (256 - dropped);
  const mask = new Float32Array(size);
  let state = scramble(seed);
  for (let index = 0; index < size; index += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // Past the end of a typed array a write does nothing.
    mask[index] = (state & 255) < dropped ? 0 : kept;
    mask[index + 1] = ((state >>> 8) & 255) < dropped ? 0 : kept;
    mask[index + 2] = ((state >>> 16) & 255) < dropped ? 0 : kept;
    mask[index + 3] = state >>> 24 < dropped ? 0 : kept;
  }
  return mask;
}

/** The finaliser of MurmurHash3: seeds that follow one another start far apart. Never 0, where xorshift would stay. */
function scramble(seed: number): number {
  let mixed = (seed + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16) || 1;
}
