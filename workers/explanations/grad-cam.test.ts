import { describe, expect, it } from 'vitest';
import { gradCamValues } from './grad-cam.ts';

const map = { values: Float32Array.of(-1, 2, 0, 3), side: 2 };
const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);

describe("Grad-CAM's values of a grid", () => {
  it("are the map's own where the grid is as fine, none below 0", () => {
    expect([...gradCamValues(map, 2)]).toEqual([0, 2, 0, 3]);
  });

  it('share a place among the cells that lie in it', () => {
    expect([...gradCamValues(map, 4)]).toEqual(
      [0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0.75, 0.75, 0, 0, 0.75, 0.75], // row by row
    );
  });

  it('add up to the same, however the cells lie across the places', () => {
    for (const grid of [1, 3, 5, 7, 10]) expect(sum(gradCamValues(map, grid))).toBeCloseTo(5, 12);
    // The middle cell of three by three has a quarter of each place's corner: a sixth of its side, twice.
    expect(gradCamValues(map, 3)[4]).toBeCloseTo((2 + 3) / 9, 12);
  });
});
