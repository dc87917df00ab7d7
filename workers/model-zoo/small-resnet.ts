import type { Normalisation, Ops, Weights } from './ops.ts';

/** Stages of the network: each doubles the channels and halves the sides. */
const STAGES = [64, 128, 256] as const;
const STEM_CHANNELS = 32;
const KERNEL = 3;
const EPSILON = 1e-5;
export const SMALL_RESNET_FEATURES = STAGES[STAGES.length - 1] ?? 0;

/**
 * A small residual network for pictures of 32 by 32 (He and others, 2015; the shape is that of Page's "How to train your
 * ResNet", 2018, with half of its channels): a stem; three stages of a convolution, pooling by two, and two convolutions
 * with a way around them; the mean; a linear layer. Pictures of three channels -> logits [batch, labels].
 */
export function smallResnet<T>(ops: Ops<T>, weights: Weights<T>, pictures: T, labels: number): T {
  let x = normalisedConvolution(ops, weights, pictures, 'stem', [STEM_CHANNELS, 3]);
  let channels = STEM_CHANNELS;
  STAGES.forEach((width, stage) => {
    const name = (part: string) => `stages.${stage}.${part}`;
    x = ops.maxPool(normalisedConvolution(ops, weights, x, name('widen'), [width, channels]));
    const inner = normalisedConvolution(ops, weights, x, name('residual.0'), [width, width]);
    x = ops.add(x, normalisedConvolution(ops, weights, inner, name('residual.1'), [width, width]));
    channels = width;
  });
  const classifier = weights('classifier.weight', [labels, channels]);
  return ops.linear(ops.globalAveragePool(x), classifier, weights('classifier.bias', [labels]));
}

/** Convolution, batch normalisation, ReLU. */
export function normalisedConvolution<T>(
  ops: Ops<T>,
  weights: Weights<T>,
  x: T,
  name: string,
  [to, from]: readonly [number, number],
): T {
  const norm: Normalisation<T> = {
    gamma: weights(`${name}.norm.weight`, [to]),
    beta: weights(`${name}.norm.bias`, [to]),
    mean: weights(`${name}.norm.running_mean`, [to]),
    variance: weights(`${name}.norm.running_var`, [to]),
    epsilon: EPSILON,
  };
  return ops.relu(
    ops.convolution(x, weights(`${name}.conv.weight`, [to, from, KERNEL, KERNEL]), {
      norm,
      stride: 1,
      padding: 'same',
      depthwise: false,
    }),
  );
}
