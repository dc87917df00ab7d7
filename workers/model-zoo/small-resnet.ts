import type { ConvolutionOptions, Ops, Weights } from './ops.ts';

/** Stages of the network: each halves the sides. Small pictures are cheap to look at twice. */
const STAGES = [
  { width: 64, residuals: 3 },
  { width: 256, residuals: 2 },
  { width: 256, residuals: 2 },
] as const;
const COLOURS = 3;
const STEM_KERNEL = 2;
/** Each pattern of a stem's patch, and its negative. */
const STEM_CHANNELS = 2 * COLOURS * STEM_KERNEL ** 2;
const KERNEL = 3;
const EPSILON = 1e-12;
/** What the logits are multiplied with, so that a step changes them little. */
const LOGIT_SCALE = 1 / 9;
export const SMALL_RESNET_FEATURES = STAGES[STAGES.length - 1]?.width ?? 0;
/** Never trained: patches made white, and normalisations without a gain, as the next layer has one. */
export const SMALL_RESNET_STEM = 'stem.conv.weight';
export const isFixedInSmallResnet = (name: string) =>
  name === SMALL_RESNET_STEM || name.endsWith('.norm.weight');

/**
 * A small residual network for pictures of 32 by 32 (He and others, 2015), in the proportions of Jordan's "94 % on CIFAR-10
 * in 3.29 seconds on a single GPU" (2024): a stem of fixed filters, two by two; three stages of a convolution, pooled by
 * two, and two or three with a way around them; the greatest of each channel; a linear layer. SiLU where he has GELU: it
 * costs half as much in training. Pictures of three channels -> logits [batch, labels].
 */
export function smallResnet<T>(ops: Ops<T>, weights: Weights<T>, pictures: T, labels: number): T {
  const stem = weights(SMALL_RESNET_STEM, [STEM_CHANNELS, COLOURS, STEM_KERNEL, STEM_KERNEL]);
  let x = ops.silu(ops.convolution(pictures, stem, { stride: 1, padding: 0, depthwise: false }));
  let channels = STEM_CHANNELS;
  STAGES.forEach(({ width, residuals }, stage) => {
    const normalised = (part: string, of: T, from: number, pooled: boolean) =>
      ops.silu(
        normalisedConvolution(ops, weights, of, `stages.${stage}.${part}`, {
          channels: [width, from],
          epsilon: EPSILON,
          pooled,
        }),
      );
    x = normalised('widen', x, channels, true);
    for (let block = 0; block < residuals; block++) {
      x = ops.add(x, normalised(`residuals.${block}`, x, width, false));
    }
    channels = width;
  });
  const classifier = weights('classifier.weight', [labels, channels]);
  const logits = ops.linear(ops.globalMaxPool(x), classifier);
  return ops.multiply(logits, ops.constant('logit scale', [], Float32Array.of(LOGIT_SCALE)));
}

/** Convolution and batch normalisation. */
export function normalisedConvolution<T>(
  ops: Ops<T>,
  weights: Weights<T>,
  x: T,
  name: string,
  {
    channels: [to, from],
    epsilon,
    pooled,
  }: { channels: readonly [number, number]; epsilon: number } & Pick<ConvolutionOptions<T>, 'pooled'>,
): T {
  const norm = {
    gamma: weights(`${name}.norm.weight`, [to]),
    beta: weights(`${name}.norm.bias`, [to]),
    mean: weights(`${name}.norm.running_mean`, [to]),
    variance: weights(`${name}.norm.running_var`, [to]),
    epsilon,
  };
  const weight = weights(`${name}.conv.weight`, [to, from, KERNEL, KERNEL]);
  return ops.convolution(x, weight, { norm, stride: 1, padding: 'same', depthwise: false, pooled });
}
