import type { Ops, Weights } from './ops.ts';

const HIDDEN = 512;
const INPUTS = 28 * 28 * 3;
const DROPOUT = 0.2;

/** A multilayer perceptron for pictures of 28 by 28: two hidden layers, ReLU, dropout -> logits [batch, labels]. */
export function mlp<T>(ops: Ops<T>, weights: Weights<T>, pictures: T, labels: number): T {
  let x = ops.flatten(pictures);
  [INPUTS, HIDDEN].forEach((from, layer) => {
    const weight = weights(`layers.${layer}.weight`, [HIDDEN, from]);
    x = ops.dropout(ops.relu(ops.linear(x, weight, weights(`layers.${layer}.bias`, [HIDDEN]))), DROPOUT);
  });
  return ops.linear(x, weights('classifier.weight', [labels, HIDDEN]), weights('classifier.bias', [labels]));
}
