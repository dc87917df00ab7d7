import type { Normalisation, Ops, Weights } from './ops.ts';

/** A stage of blocks of one kind (Tan and Le, "EfficientNet", 2019, table 1), without squeeze-and-excitation. */
interface Stage {
  readonly blocks: number;
  readonly kernel: number;
  /** Of its first block; the others keep the size. */
  readonly stride: number;
  /** How many times wider a block is inside than what it takes in. */
  readonly expansion: number;
  readonly channels: number;
}

const LITE0: readonly Stage[] = [
  { blocks: 1, kernel: 3, stride: 1, expansion: 1, channels: 16 },
  { blocks: 2, kernel: 3, stride: 2, expansion: 6, channels: 24 },
  { blocks: 2, kernel: 5, stride: 2, expansion: 6, channels: 40 },
  { blocks: 3, kernel: 3, stride: 2, expansion: 6, channels: 80 },
  { blocks: 3, kernel: 5, stride: 1, expansion: 6, channels: 112 },
  { blocks: 4, kernel: 5, stride: 2, expansion: 6, channels: 192 },
  { blocks: 1, kernel: 3, stride: 1, expansion: 6, channels: 320 },
];
const STEM_CHANNELS = 32;
export const LITE0_FEATURES = 1280;
/** Pixels on a side of what one place of its maps stands for. */
export const LITE0_STRIDE = 32;
const EPSILON = 1e-3;

/**
 * EfficientNet-Lite0 with timm's names (`tf_efficientnet_lite0`): pictures of three channels -> logits [batch, labels].
 * Every convolution pads as TensorFlow's SAME, which for an even size puts the odd row below and to the right.
 */
export function efficientnetLite0<T>(ops: Ops<T>, weights: Weights<T>, pictures: T, labels: number): T {
  return lite0Head(ops, weights, lite0Features(ops, weights, pictures), labels);
}

/** features [batch, LITE0_FEATURES] -> logits [batch, labels]. */
export function lite0Head<T>(ops: Ops<T>, weights: Weights<T>, features: T, labels: number): T {
  const classifier = weights('classifier.weight', [labels, LITE0_FEATURES]);
  return ops.linear(features, classifier, weights('classifier.bias', [labels]));
}

/** What the head reads: the last layer's channels, each its mean over the picture. pictures -> [batch, LITE0_FEATURES]. */
export function lite0Features<T>(ops: Ops<T>, weights: Weights<T>, pictures: T): T {
  return ops.globalAveragePool(lite0Maps(ops, weights, pictures));
}

/** The last layer's channels, place by place; a place is 32 pixels wide. */
export function lite0Maps<T>(ops: Ops<T>, weights: Weights<T>, pictures: T): T {
  let x = ops.relu6(
    ops.convolution(pictures, weights('conv_stem.weight', [STEM_CHANNELS, 3, 3, 3]), {
      norm: normalisation(weights, 'bn1', STEM_CHANNELS),
      stride: 2,
      padding: 'same',
      depthwise: false,
    }),
  );
  let channels = STEM_CHANNELS;
  LITE0.forEach((stage, stageIndex) => {
    for (let block = 0; block < stage.blocks; block++) {
      const stride = block === 0 ? stage.stride : 1;
      x = invertedResidual(ops, weights, x, {
        ...stage,
        name: `blocks.${stageIndex}.${block}`,
        stride,
        inputs: channels,
      });
      channels = stage.channels;
    }
  });
  return ops.relu6(pointwise(ops, weights, x, ['conv_head', 'bn2'], [LITE0_FEATURES, channels]));
}

interface Block extends Omit<Stage, 'blocks'> {
  readonly name: string;
  readonly inputs: number;
}

/** Widened, filtered channel by channel, narrowed; added to its input where both have the same shape. */
function invertedResidual<T>(ops: Ops<T>, weights: Weights<T>, x: T, block: Block): T {
  const { name, kernel, stride, inputs, channels } = block;
  const width = inputs * block.expansion;
  const expands = block.expansion > 1;
  const wide = expands
    ? ops.relu6(pointwise(ops, weights, x, [`${name}.conv_pw`, `${name}.bn1`], [width, inputs]))
    : x;
  const filtered = ops.relu6(
    ops.convolution(wide, weights(`${name}.conv_dw.weight`, [width, 1, kernel, kernel]), {
      norm: normalisation(weights, `${name}.${expands ? 'bn2' : 'bn1'}`, width),
      stride,
      padding: 'same',
      depthwise: true,
    }),
  );
  // A block that doesn't widen has one convolution less, and timm numbers what is left from one.
  const narrow = expands ? [`${name}.conv_pwl`, `${name}.bn3`] : [`${name}.conv_pw`, `${name}.bn2`];
  const result = pointwise(ops, weights, filtered, narrow, [channels, width]);
  return stride === 1 && inputs === channels ? ops.add(result, x) : result;
}

function pointwise<T>(
  ops: Ops<T>,
  weights: Weights<T>,
  x: T,
  [convolution = '', norm = '']: readonly string[],
  [to = 0, from = 0]: readonly number[],
): T {
  return ops.convolution(x, weights(`${convolution}.weight`, [to, from, 1, 1]), {
    norm: normalisation(weights, norm, to),
    stride: 1,
    padding: 0,
    depthwise: false,
  });
}

function normalisation<T>(weights: Weights<T>, name: string, channels: number): Normalisation<T> {
  return {
    gamma: weights(`${name}.weight`, [channels]),
    beta: weights(`${name}.bias`, [channels]),
    mean: weights(`${name}.running_mean`, [channels]),
    variance: weights(`${name}.running_var`, [channels]),
    epsilon: EPSILON,
  };
}
