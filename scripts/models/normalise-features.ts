import type { HeadShape } from '#workers/model-zoo/classifier-head.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { gatherRows } from './feature-store.ts';

export interface ColumnStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

const STATISTICS_ROWS = 20_000;

export function columnStatistics(features: Uint16Array, width: number, rows: number): ColumnStatistics {
  const stride = Math.max(1, Math.floor(rows / STATISTICS_ROWS));
  const positions = Array.from({ length: Math.floor(rows / stride) }, (_, index) => index * stride);
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (const position of positions) {
    const row = gatherRows(features, width, [position]);
    row.forEach((value, column) => {
      sums[column] = (sums[column] ?? 0) + value;
      squares[column] = (squares[column] ?? 0) + value * value;
    });
  }
  const mean = Float32Array.from(sums, (sum) => sum / positions.length);
  const deviation = Float32Array.from(squares, (square, column) =>
    Math.sqrt(Math.max(1e-8, square / positions.length - (mean[column] ?? 0) ** 2)),
  );
  return { mean, deviation };
}

export function normalise(values: Float32Array, { mean, deviation }: ColumnStatistics): void {
  const width = mean.length;
  for (let index = 0; index < values.length; index++) {
    const column = index % width;
    values[index] = ((values[index] ?? 0) - (mean[column] ?? 0)) / (deviation[column] ?? 1);
  }
}

/** The served head reads raw features: mean and deviation go into the first layer. */
export function foldNormalisation(
  shape: HeadShape,
  { mean, deviation }: ColumnStatistics,
  weights: Map<string, StoredTensor>,
): Map<string, StoredTensor> {
  const dense = weights.get('dense.weight')?.data as Float32Array;
  const bias = weights.get('dense.bias')?.data as Float32Array;
  const foldedBias = bias.slice();
  const folded = dense.map((value, index) => {
    const column = index % shape.features;
    const row = Math.floor(index / shape.features);
    const scaled = value / (deviation[column] ?? 1);
    foldedBias[row] = (foldedBias[row] ?? 0) - scaled * (mean[column] ?? 0);
    return scaled;
  });
  return new Map(weights)
    .set('dense.weight', { shape: [shape.hidden, shape.features], data: folded })
    .set('dense.bias', { shape: [shape.hidden], data: foldedBias });
}
