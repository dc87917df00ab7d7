import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { type Augmentation, augment, UNCHANGED } from './augment.ts';
import { drawMixup } from './mixup.ts';

const SIDE = 6;
const grey = [1, 2, 3];
/** Every value is another: row, column and channel can be read off. */
const pixels = Uint8Array.from({ length: 2 * SIDE * SIDE * 3 }, (_, at) => at % 251);

function changed(augmentation: Partial<Augmentation>, random: () => number, turn = 0): number[] {
  const values = new Float32Array(SIDE * SIDE * 3);
  augment(
    { pixels, from: SIDE * SIDE * 3, side: SIDE, turn },
    { values, to: 0 },
    { ...UNCHANGED, ...augmentation },
    { random, grey },
  );
  return [...values];
}
const original = [...pixels.subarray(SIDE * SIDE * 3)];
const at = (values: readonly number[], row: number, column: number) =>
  values.slice(3 * (row * SIDE + column), 3 * (row * SIDE + column) + 3);
const always = (value: number) => () => value;

describe('augmenting a picture', () => {
  it('leaves it as it is where nothing is asked for', () => {
    expect(changed({}, always(0.9))).toEqual(original);
  });

  it('mirrors it left to right, half of the time', () => {
    expect(changed({ flip: 'drawn' }, always(0.5))).toEqual(original);
    const mirrored = changed({ flip: 'drawn' }, always(0.4));
    for (let column = 0; column < SIDE; column++) {
      expect(at(mirrored, 2, column)).toEqual(at(original, 2, SIDE - 1 - column));
    }
  });

  it('mirrors it every second time, whatever is drawn', () => {
    const mirrored = changed({ flip: 'drawn' }, always(0.4));
    for (const turn of [0, 1, 2, 3]) {
      expect(changed({ flip: 'alternating' }, always(0.4), turn)).toEqual(turn % 2 ? mirrored : original);
    }
  });

  it('moves it, and fills with its mirror image', () => {
    const moved = changed({ shift: 2 }, always(0.999)); // two down, two right
    expect(at(moved, 0, 0)).toEqual(at(original, 2, 2));
    expect(at(moved, SIDE - 1, 0)).toEqual(at(original, SIDE - 3, 2));
    expect(at(moved, 0, SIDE - 1)).toEqual(at(original, 2, SIDE - 3));
    const back = changed({ shift: 2 }, always(0)); // two up, two left
    expect(at(back, 0, 0)).toEqual(at(original, 2, 2));
    expect(at(back, 2, 2)).toEqual(at(original, 0, 0));
  });

  it('changes brightness and contrast, and with draws in the middle neither', () => {
    expect(changed({ colour: 0.2 }, always(0.5))).toEqual(original);
    const brighter = changed({ colour: 0.2 }, always(0.9999));
    expect(brighter[0]).toBeCloseTo(((original[0] ?? 0) - 127.5) * 1.2 + 127.5 + 51, 1);
  });

  it('cuts a grey square out, whose part beyond the edge is lost', () => {
    const cut = changed({ cutout: 4 }, always(0)); // its middle in the corner
    for (const [row, column] of [
      [0, 0],
      [1, 1],
    ] as const) {
      expect(at(cut, row, column)).toEqual(grey);
    }
    expect(at(cut, 2, 0)).toEqual(at(original, 2, 0));
    expect(at(cut, 0, 2)).toEqual(at(original, 0, 2));
  });

  it('follows from the numbers that are drawn', () => {
    const all: Augmentation = { flip: 'drawn', shift: 2, colour: 0.3, cutout: 3 };
    expect(changed(all, randomNumbers(3))).toEqual(changed(all, randomNumbers(3)));
    expect(changed(all, randomNumbers(3))).not.toEqual(changed(all, randomNumbers(4)));
  });
});

describe('mixup', () => {
  it('blends nothing at an alpha of 0', () => {
    expect(drawMixup(3, 0, randomNumbers(1))).toEqual({ share: 1, partners: [0, 1, 2] });
  });

  it('draws shares whose mean and spread are those of Beta(alpha, alpha)', () => {
    const random = randomNumbers(5);
    const alpha = 0.4;
    const shares = Array.from({ length: 4000 }, () => drawMixup(2, alpha, random).share);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.015);
  });

  it('gives every picture one partner', () => {
    const { partners } = drawMixup(20, 1, randomNumbers(2));
    expect(partners.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, row) => row));
  });
});
