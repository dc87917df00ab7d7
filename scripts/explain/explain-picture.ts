import { readFileSync, writeFileSync } from 'node:fs';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import {
  explainedValues,
  METHODS,
  type MethodName,
  planExplanation,
} from '#workers/explanations/explanation.ts';
import { heatMap } from '#workers/explanations/heat-map.ts';
import { gradCam } from '#workers/fine-tuning/explain/grad-cam.ts';
import {
  type OpenPictureClassifier,
  openPictureClassifier,
} from '#workers/fine-tuning/explain/picture-classifier.ts';
import { maskSquare } from '#workers/model-runtime/mask-square.ts';
import { openImageDecoder } from '#workers/model-runtime/onnx/decoding/decode-image.ts';
import { seenSquare } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { faithfulnessLine, faithfulnessOfValues } from './faithfulness-of-values.ts';
import { type ExplainPictureOptions, UsageError } from './usage.ts';

interface Explained {
  /** Row by row. */
  readonly values: ArrayLike<number>;
  /** Cells on a side. */
  readonly grid: number;
  readonly runs: number;
}

/** The values of the cells as a table, how faithful they are, and a heat map. */
export async function explainPicture(
  folder: string,
  file: string,
  options: ExplainPictureOptions,
): Promise<void> {
  checkNumbers(options);
  const model = await openPictureClassifier(folder);
  const decoder = await openImageDecoder(model.preparation);
  const decoded = await decoder.decodeWithSize(readPicture(file));
  if ('refused' in decoded) throw new UsageError(`${file} can't be read as a picture: ${decoded.reason}.`);
  const { pixels, picture } = decoded;
  const shares = model.sharesOf(pixels);
  const label = labelIndex(model, shares, options.label);
  const score = (grid: number) => (mask: Uint8Array) =>
    model.sharesOf(maskSquare(pixels, grid, mask))[label] ?? 0;

  const method = options.method ?? 'grad-cam';
  const { values, grid, runs } =
    method in METHODS
      ? byPerturbing(method as MethodName, options, score(options.grid))
      : byGradient(model, pixels, label);
  const faithfulness = faithfulnessOfValues(values, score(grid));
  console.log(
    `${method}, for ${model.classes[label]?.label}: ${(shares[label] ?? 0).toFixed(4)}; runs: ${runs}`,
  );
  show(values, grid);
  console.log(faithfulnessLine(faithfulness));
  if (!options.out) return;
  const side = model.preparation.cropTo;
  const seen = { picture, square: seenSquare(picture, model.preparation), side, grid };
  const { png, width, height } = heatMap(seen, values, { sideMax: explanationLimits.heatMapSideMax });
  writeFileSync(options.out, png);
  console.log(`${options.out}: ${width} by ${height}`);
}

function readPicture(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(`There is no readable ${file}.`);
  }
}

function byPerturbing(
  method: MethodName,
  { grid, samples, seed }: ExplainPictureOptions,
  score: (mask: Uint8Array) => number,
): Explained {
  const plan = planExplanation(method, grid ** 2, { samples, seed });
  return { values: explainedValues(plan, plan.masks.map(score)), grid, runs: plan.masks.length };
}

/** On the grid of the last features, whatever `--grid` says. */
function byGradient(model: OpenPictureClassifier, pixels: Uint8Array, label: number): Explained {
  const picture = model.toTensor(pixels);
  const { values, rows } = gradCam(model, picture, label);
  picture.dispose();
  return { values, grid: rows, runs: 1 };
}

function labelIndex(
  { classes }: OpenPictureClassifier,
  shares: readonly number[],
  wanted: string | undefined,
): number {
  if (wanted === undefined) return shares.indexOf(Math.max(...shares));
  const found = classes.findIndex(({ label, wordnetId }) => label === wanted || wordnetId === wanted);
  if (found < 0) throw new UsageError(`The model has no label ${wanted}.`);
  return found;
}

function checkNumbers({ grid, samples, seed }: ExplainPictureOptions): void {
  const { gridMin, gridMax, samplesMax } = explanationLimits;
  if (!Number.isInteger(grid) || grid < gridMin || grid > gridMax) {
    throw new UsageError(`--grid is a whole number from ${gridMin} to ${gridMax}.`);
  }
  if (!Number.isInteger(samples) || samples < 2 * grid ** 2 || samples > samplesMax) {
    throw new UsageError(
      `--samples is a whole number from ${2 * grid ** 2} (twice the cells) to ${samplesMax}.`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0) throw new UsageError('--seed is a whole number from 0.');
}

/** A line a row of the grid. */
function show(values: ArrayLike<number>, grid: number): void {
  const cells = Array.from(values, (value) => value.toFixed(3).padStart(8));
  for (let row = 0; row < grid; row++) console.log(cells.slice(row * grid, (row + 1) * grid).join(''));
}
