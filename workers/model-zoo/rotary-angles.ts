export interface RotaryAngles {
  readonly cosines: Float32Array; // [positions, size / 2]
  readonly sines: Float32Array;
}

const made = new Map<string, RotaryAngles>();
/** Two models, say, and the same at other lengths. */
const KEPT_MAX = 8;

/**
 * Pair i of a head of `size` channels turns by position / base ^ (2i / size). Rounded to 32 bits where `transformers` rounds:
 * at position 8,000 a last bit of the frequency is half a thousandth of a turn.
 */
export function rotaryAngles(positions: number, size: number, base: number): RotaryAngles {
  const key = `${positions} ${size} ${base}`;
  const known = made.get(key);
  if (known) return known;
  const half = size / 2;
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let pair = 0; pair < half; pair++) {
    const frequency = Math.fround(1 / Math.fround(base ** Math.fround((2 * pair) / size)));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      cosines[position * half + pair] = Math.cos(angle);
      sines[position * half + pair] = Math.sin(angle);
    }
  }
  if (made.size >= KEPT_MAX) made.clear();
  made.set(key, { cosines, sines });
  return { cosines, sines };
}
