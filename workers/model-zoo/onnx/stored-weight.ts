import type { OnnxConstant } from '../ops-onnx.ts';
import type { LinearContext } from './linear-writer.ts';
import { quantizeRows } from './quantize-rows.ts';
import { singleToHalf } from './single-to-half.ts';

export type StoredPrecision = 'float32' | 'float16' | 'int8';

const FLOAT = { attributes: { to: { int: 1 } } } as const;

/**
 * A weight whose rows are outputs, [out, …], as it is stored; it is widened when the session opens and computed with in 32
 * bits. In 8 bits each row has a scale of its own. Not DequantizeLinear, which ONNX Runtime keeps for every run.
 */
export function storedWeight(
  { constant, node }: LinearContext,
  { label, shape, data }: OnnxConstant,
  precision: StoredPrecision,
): string {
  if (precision === 'float32') return constant(label, { type: 'float32', shape, data });
  if (precision === 'float16') {
    return node(
      'Cast',
      [constant(`${label} float16`, { type: 'float16', shape, data: singleToHalf(data) })],
      FLOAT,
    );
  }
  const rows = shape[0] ?? 0;
  const { values, scales } = quantizeRows(data, rows);
  const widened = node('Cast', [constant(`${label} int8`, { type: 'int8', shape, data: values })], FLOAT);
  const scaleShape = [rows, ...shape.slice(1).map(() => 1)];
  return node('Mul', [
    widened,
    constant(`${label} scales`, { type: 'float32', shape: scaleShape, data: scales }),
  ]);
}
