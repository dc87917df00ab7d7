import { describe, expect, it } from 'vitest';
import { cellEdges, maskSquare } from './mask-square.ts';

const side = 10;
/** Every pixel another one. */
const pixels = Uint8Array.from({ length: 3 * side * side }, (_, at) => (at * 7) % 256);
const colourAt = (picture: Uint8Array, x: number, y: number) => [
  ...picture.subarray(3 * (y * side + x), 3 * (y * side + x) + 3),
];

describe('maskSquare', () => {
  it('leaves a whole picture as it is, and makes an empty one of one colour, the mean', () => {
    expect(maskSquare(pixels, 4, new Uint8Array(16).fill(1))).toEqual(pixels);
    const empty = maskSquare(pixels, 4, new Uint8Array(16));
    const mean = [0, 1, 2].map((channel) => {
      const values = pixels.filter((_, at) => at % 3 === channel);
      return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
    });
    for (let at = 0; at < side * side; at++)
      expect(colourAt(empty, at % side, Math.floor(at / side))).toEqual(mean);
  });

  it('takes out the cell that the mask names, and no other, where the sides do not divide', () => {
    const mask = new Uint8Array(16).fill(1);
    mask[6] = 0; // row 1, column 2
    const masked = maskSquare(pixels, 4, mask);
    const edges = cellEdges(side, 4);
    expect(edges).toEqual([0, 3, 5, 8, 10]);
    const mean = colourAt(maskSquare(pixels, 4, new Uint8Array(16)), 0, 0);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const inside = y >= 3 && y < 5 && x >= 5 && x < 8;
        expect(colourAt(masked, x, y)).toEqual(inside ? mean : colourAt(pixels, x, y));
      }
    }
  });

  it('changes nothing of what it was given, and refuses a mask of another grid', () => {
    const before = Uint8Array.from(pixels);
    maskSquare(pixels, 5, new Uint8Array(25));
    expect(pixels).toEqual(before);
    expect(() => maskSquare(pixels, 4, new Uint8Array(15))).toThrow(RangeError);
    expect(() => maskSquare(pixels, 11, new Uint8Array(121))).toThrow(RangeError);
  });
});
