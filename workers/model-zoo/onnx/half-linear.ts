import { addBias, type LinearWriter, transpose } from './linear-writer.ts';
import { singleToHalf } from './single-to-half.ts';

/** The weight is stored in 16 bits and widened when the session opens; the product is computed in 32. */
export const halfLinear: LinearWriter = ({ constant, node }, x, { weight, bias }) => {
  const [to = 0, from = 0] = weight.shape;
  const data = singleToHalf(transpose(weight.data, new Float32Array(weight.data.length), to));
  const stored = constant(`${weight.label} float16`, { type: 'float16', shape: [from, to], data });
  const matrix = node('Cast', [stored], { attributes: { to: { int: 1 } } });
  return addBias({ constant, node }, node('MatMul', [x.name, matrix]), bias);
};
