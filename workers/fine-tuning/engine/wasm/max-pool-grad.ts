import { backend_util, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './wasm-backend.ts';

interface PoolAttrs {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradient of max pooling: each window's goes to its first greatest element. It replaces the back end's own
 * kernel, whose result is another than the reference's (4.22.0, 2x2 windows with stride 2).
 */
export function registerMaxPoolGrad(): void {
  unregisterKernel('MaxPoolGrad', 'wasm');
  registerKernel({
    kernelName: 'MaxPoolGrad',
    backendName: 'wasm',
    kernelFunc(call) {
      const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
      const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as PoolAttrs;
      const backend = call.backend as WasmBackend;
      const shape = input.shape as [number, number, number, number];
      const sizes = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const out = backend.makeOutput(shape, 'float32');
      const result = backend.typedArrayFromHeap(out).fill(0);
      const inputs = backend.typedArrayFromHeap(input);
      const gradients = backend.typedArrayFromHeap(dy);
      for (let place = 0; place < gradients.length; place++) {
        const at = greatestOfWindow(inputs, place, sizes);
        result[at] = (result[at] ?? 0) + (gradients[place] ?? 0);
      }
      return out;
    },
  });
}

function greatestOfWindow(
  inputs: Float32Array | Int32Array,
  place: number,
  sizes: ReturnType<typeof backend_util.computePool2DInfo>,
): number {
  const { inHeight, inWidth, outHeight, outWidth, inChannels } = sizes;
  const channel = place % inChannels;
  const cell = Math.floor(place / inChannels);
  const left = (cell % outWidth) * sizes.strideWidth - sizes.padInfo.left;
  const top = (Math.floor(cell / outWidth) % outHeight) * sizes.strideHeight - sizes.padInfo.top;
  const image = Math.floor(cell / (outWidth * outHeight));
  let greatest = Number.NEGATIVE_INFINITY;
  let found = 0;
  for (let y = Math.max(0, top); y < Math.min(inHeight, top + sizes.filterHeight); y++) {
    for (let x = Math.max(0, left); x < Math.min(inWidth, left + sizes.filterWidth); x++) {
      const at = ((image * inHeight + y) * inWidth + x) * inChannels + channel;
      const value = inputs[at] ?? 0;
      if (value > greatest) {
        greatest = value;
        found = at;
      }
    }
  }
  return found;
}
