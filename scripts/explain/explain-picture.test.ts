import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { explainPicture } from './explain-picture.ts';
import { type ExplainPictureOptions, UsageError } from './usage.ts';

const model = 'workers/models/image-classification';
const picture = 'public/samples/coffee.jpg';
const folder = mkdtempSync(path.join(tmpdir(), 'explain-'));
const said: string[] = [];

beforeAll(async () => {
  await startEngine('wasm');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function explain(options: Partial<ExplainPictureOptions>, file = picture): Promise<string[]> {
  said.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  const usual = { method: undefined, label: undefined, out: undefined, grid: 4, samples: 64, seed: 0 };
  await explainPicture(model, file, { ...usual, ...options });
  return [...said];
}

describe('explaining a picture from the command line', () => {
  it('prints the cells of Grad-CAM and their faithfulness, and writes a heat map of the picture’s aspect', async () => {
    const out = path.join(folder, 'heat.png');
    const [title, ...lines] = await explain({ out });
    expect(title).toMatch(/^grad-cam, for espresso: 0\.\d{4}; runs: 1$/);
    const rows = lines.slice(0, 7).map((line) => line.trim().split(/\s+/).map(Number));
    expect(rows.every((row) => row.length === 7)).toBe(true);
    // The cup stands in the middle.
    const sum = (cells: readonly (readonly number[])[]) =>
      cells.flat().reduce((all, value) => all + value, 0);
    expect(sum(rows.slice(0, 5).map((row) => row.slice(1, 5)))).toBeGreaterThan(0.6 * sum(rows));
    const [, deletion, insertion] =
      /deletion area ([\d.]+), insertion area ([\d.]+)/.exec(lines[7] ?? '') ?? [];
    expect(Number(insertion)).toBeGreaterThan(Number(deletion));
    const { width = 0, height = 1, hasAlpha } = await sharp(readFileSync(out)).metadata();
    const original = await sharp(readFileSync(picture)).metadata();
    expect(width / height).toBeCloseTo((original.width ?? 0) / (original.height ?? 1), 1);
    expect(hasAlpha).toBe(true);
  });

  it.each([
    [{ label: 'unicorn' }, picture, /no label unicorn/],
    [{ grid: 3 }, picture, /--grid/],
    [{ samples: 31 }, picture, /--samples is a whole number from 32/],
    [{ seed: -1 }, picture, /--seed/],
    [{}, 'no-such.jpg', /no readable no-such\.jpg/],
    [{}, 'package.json', /can't be read as a picture: not_an_image/],
  ])('says what to change: %o of %s', async (options, file, sentence) => {
    const failing = explain(options, file);
    await expect(failing).rejects.toBeInstanceOf(UsageError);
    await expect(failing).rejects.toThrow(sentence);
  });
});
