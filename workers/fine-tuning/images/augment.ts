/** How pictures are changed from one epoch to the next, so that a network sees none twice. */
export interface Augmentation {
  /** Mirrored left to right: half of the time, or every second time that it comes up (Jordan, 2024), so that each side is seen as often. */
  readonly flip: 'never' | 'drawn' | 'alternating';
  /** Moved by up to so many pixels each way; what comes in is the picture mirrored at its edge. */
  readonly shift: number;
  /** Brightness and contrast changed by up to this share each. 0: not at all. */
  readonly colour: number;
  /** A grey square of so many pixels a side, anywhere (DeVries and Taylor, 2017). 0: none. */
  readonly cutout: number;
}

export const UNCHANGED: Augmentation = { flip: 'never', shift: 0, colour: 0, cutout: 0 };

/**
 * Writes one picture [side, side, 3] from `pixels` at `from` (in bytes) into `values` at `to`, changed by what `random`
 * draws. Values are those of the bytes, 0 to 255; the middle grey of a cutout is `grey` by channel. `turn` rises by one each
 * time that the picture comes up.
 */
export function augment(
  { pixels, from, side, turn }: { pixels: Uint8Array; from: number; side: number; turn: number },
  { values, to }: { values: Float32Array; to: number },
  { flip, shift, colour, cutout }: Augmentation,
  { random, grey }: { random: () => number; grey: readonly number[] },
): void {
  const mirrored = flip === 'alternating' ? turn % 2 === 1 : flip === 'drawn' && random() < 0.5;
  const [down, right] = [offset(shift, random), offset(shift, random)];
  const [brightness, contrast] = [colour * (2 * random() - 1) * 255, 1 + colour * (2 * random() - 1)];
  const isPlain = colour === 0;
  for (let row = 0; row < side; row++) {
    const sourceRow = reflected(row + down, side);
    for (let column = 0; column < side; column++) {
      const moved = reflected(column + right, side);
      const source = from + 3 * (sourceRow * side + (mirrored ? side - 1 - moved : moved));
      const target = to + 3 * (row * side + column);
      for (let channel = 0; channel < 3; channel++) {
        const value = pixels[source + channel] ?? 0;
        values[target + channel] = isPlain ? value : (value - 127.5) * contrast + 127.5 + brightness;
      }
    }
  }
  if (cutout > 0) cut(values, to, side, cutout, { random, grey });
}

function cut(
  values: Float32Array,
  to: number,
  side: number,
  size: number,
  { random, grey }: { random: () => number; grey: readonly number[] },
): void {
  const [top, left] = [Math.floor(random() * side) - (size >> 1), Math.floor(random() * side) - (size >> 1)];
  for (let row = Math.max(0, top); row < Math.min(side, top + size); row++) {
    for (let column = Math.max(0, left); column < Math.min(side, left + size); column++) {
      const target = to + 3 * (row * side + column);
      for (let channel = 0; channel < 3; channel++) values[target + channel] = grey[channel] ?? 0;
    }
  }
}

function offset(shift: number, random: () => number): number {
  return Math.floor(random() * (2 * shift + 1)) - shift;
}

/** Mirrored at the first and the last pixel, which are not doubled. */
function reflected(at: number, side: number): number {
  const inside = at < 0 ? -at : at;
  return inside < side ? inside : 2 * (side - 1) - inside;
}
