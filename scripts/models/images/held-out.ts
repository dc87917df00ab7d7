import type { PictureSet } from '#workers/fine-tuning/images/picture-set.ts';

/** One picture of so many is kept out of training: to watch it by, and to calibrate on. */
export const HELD_OUT_EVERY = 50;

export function heldOut(set: PictureSet, every = HELD_OUT_EVERY): { train: PictureSet; held: PictureSet } {
  const size = set.side * set.side * 3;
  const part = (takes: (index: number) => boolean): PictureSet => {
    const rows = Array.from(set.labels.keys()).filter(takes);
    const pixels = new Uint8Array(rows.length * size);
    rows.forEach((row, place) => {
      pixels.set(set.pixels.subarray(row * size, (row + 1) * size), place * size);
    });
    return { side: set.side, pixels, labels: Uint8Array.from(rows, (row) => set.labels[row] ?? 0) };
  };
  return { train: part((index) => index % every !== 0), held: part((index) => index % every === 0) };
}
