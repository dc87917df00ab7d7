import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { heatMap, NEGATIVE, POSITIVE } from './heat-map.ts';
import { pictureCells } from './picture-cells.ts';

/** What a model that takes 224 of 256 pixels sees of a picture in landscape. */
const wide = {
  picture: { width: 600, height: 400 },
  square: { left: 125, top: 25, side: 350 },
  side: 224,
  grid: 7,
};

async function drawn(values: readonly number[], grid = wide, sideMax = 300) {
  const { png, width, height, fullValue } = heatMap(grid, values, { sideMax });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([width, height, 4]);
  const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
  return { at, width, height, fullValue };
}

const withCell = (cells: Record<number, number>) => Array.from({ length: 49 }, (_, cell) => cells[cell] ?? 0);

describe('a heat map', () => {
  it('has the aspect of the picture, and colours cells where they lie in it', async () => {
    const { at, width, height, fullValue } = await drawn(withCell({ 0: 0.4, 48: -0.2 }));
    expect([width, height]).toEqual([300, 200]);
    expect(fullValue).toBe(0.4);
    // The square begins at 125, 25 of 600 by 400, and a cell has 50 pixels: 25 on the map.
    const [strongest, half] = [at(70, 20), at(230, 180)];
    expect(strongest).toEqual([...POSITIVE, 200]);
    expect(half.slice(0, 3)).toEqual([...NEGATIVE]);
    expect(half[3]).toBeGreaterThan(95);
    expect(half[3]).toBeLessThan(105);
    for (const [x, y] of [
      [61, 20],
      [70, 11],
      [88, 20],
      [70, 38],
      [150, 100],
    ] as const) {
      expect(at(x, y)[3]).toBe(0);
    }
  });

  it('covers what the model sees without gaps, whatever the grid', async () => {
    for (const grid of [4, 5, 7, 10]) {
      const values = new Array<number>(grid ** 2).fill(0.1);
      const { at } = await drawn(values, { ...wide, grid });
      for (let x = 63; x < 237; x += 3) for (let y = 13; y < 187; y += 3) expect(at(x, y)[3]).toBe(200);
      expect(at(61, 100)[3]).toBe(0);
      expect(at(239, 100)[3]).toBe(0);
    }
  });

  it('does not make much of values that are next to nothing', async () => {
    const { at, fullValue } = await drawn(withCell({ 24: 0.0001 }));
    expect(fullValue).toBe(0.01);
    expect(at(150, 100)[3]).toBeLessThan(5);
  });

  it.each([
    { width: 1, height: 1 },
    { width: 10_000, height: 1 },
    { width: 3, height: 7_000 },
  ])('is a picture of $width by $height as well', async (picture) => {
    const side = (Math.min(picture.width, picture.height) * 224) / 256;
    const square = { left: (picture.width - side) / 2, top: (picture.height - side) / 2, side };
    const { width, height } = await drawn(withCell({ 3: 1 }), { ...wide, picture, square });
    expect(Math.max(width, height)).toBe(300);
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
  });

  it('has the colours of the design', () => {
    const tokens = readFileSync(new URL('../../app/tokens.css', import.meta.url), 'utf8');
    const dark = tokens.slice(tokens.indexOf('[data-theme="dark"]'));
    for (const [name, colour] of [
      ['positive', POSITIVE],
      ['negative', NEGATIVE],
    ] as const) {
      const found = new RegExp(`--${name}: oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)`).exec(dark);
      expect(fromOklch(found?.slice(1).map(Number) ?? [])).toEqual([...colour]);
    }
  });
});

describe('the cells of a picture', () => {
  it('lie row by row in the square, and tile it', () => {
    const cells = pictureCells({ ...wide, grid: 5 });
    expect(cells).toHaveLength(25);
    expect(cells[0]).toMatchObject({ row: 0, column: 0, left: 125, top: 25 });
    expect(cells[7]).toMatchObject({ row: 1, column: 2 });
    const last = cells[24];
    expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(475, 9);
    expect((last?.top ?? 0) + (last?.height ?? 0)).toBeCloseTo(375, 9);
    const area = cells.reduce((sum, { width, height }) => sum + width * height, 0);
    expect(area).toBeCloseTo(350 ** 2, 6);
  });
});

/** Ottosson, "A perceptual color space for image processing" (2020), and sRGB's curve. */
function fromOklch([lightness = 0, chroma = 0, hue = 0]: readonly number[]): number[] {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => {
    const curved = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, curved)));
  });
}
