import { backend_util } from '@tensorflow/tfjs-core';

/** Attributes of the gradients of convolutions. */
export interface ConvolutionAttrs {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes of a convolution over x [batch, height, width, channels] with filter [height, width, channels, out]. */
export function convolutionSizes(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dimRoundingMode }: ConvolutionAttrs,
  depthwise = false,
) {
  return backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

export type ConvolutionSizes = ReturnType<typeof convolutionSizes>;
