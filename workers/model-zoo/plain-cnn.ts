import type { Ops, Weights } from './ops.ts';
import { normalisedConvolution } from './small-resnet.ts';

const WIDTHS = [32, 64, 64] as const;
const EPSILON = 1e-5;

/**
 * A plain network for small pictures, as tutorials have it: three convolutions with pooling after each, the mean, a linear
 * layer. What the small ResNet is compared with. Pictures of three channels -> logits [batch, labels].
 */
export function plainCnn<T>(ops: Ops<T>, weights: Weights<T>, pictures: T, labels: number): T {
  let x = pictures;
  let channels = 3;
  WIDTHS.forEach((width, index) => {
    const options = { channels: [width, channels], epsilon: EPSILON } as const;
    x = ops.maxPool(ops.relu(normalisedConvolution(ops, weights, x, `layers.${index}`, options)));
    channels = width;
  });
  const classifier = weights('classifier.weight', [labels, channels]);
  return ops.linear(ops.globalAveragePool(x), classifier, weights('classifier.bias', [labels]));
}
