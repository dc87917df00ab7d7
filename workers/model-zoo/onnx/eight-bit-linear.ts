import { addBias, type LinearWriter } from './linear-writer.ts';
import { storedWeight } from './stored-weight.ts';

/** The weight is stored in 8 bits and widened when the session opens; the product is computed in 32. */
export const eightBitLinear: LinearWriter = (context, x, { weight, bias }) => {
  const attributes = { perm: { ints: [1, 0] } };
  const matrix = context.node('Transpose', [storedWeight(context, weight, 'int8')], { attributes });
  return addBias(context, context.node('MatMul', [x.name, matrix]), bias);
};
