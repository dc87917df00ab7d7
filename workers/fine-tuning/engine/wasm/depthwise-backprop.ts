import { registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionAttrs, type ConvolutionSizes, convolutionSizes } from './convolution.ts';
import type { WasmBackend } from './wasm-backend.ts';

/** Both gradients of a depthwise convolution: plain loops, one multiplication for each place that a filter covers. */
export function registerDepthwiseBackprop(): void {
  registerKernel({
    kernelName: 'DepthwiseConv2dNativeBackpropFilter',
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo };
      const attrs = call.attrs as unknown as ConvolutionAttrs & { filterShape: number[] };
      const backend = call.backend as WasmBackend;
      const out = backend.makeOutput(attrs.filterShape, 'float32');
      const result = backend.typedArrayFromHeap(out).fill(0);
      const inputs = backend.typedArrayFromHeap(x);
      const gradients = backend.typedArrayFromHeap(dy);
      eachCovered(convolutionSizes(x.shape, attrs.filterShape, attrs, true), (at) => {
        result[at.filter] = (result[at.filter] ?? 0) + (inputs[at.input] ?? 0) * (gradients[at.output] ?? 0);
      });
      return out;
    },
  });
  registerKernel({
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    backendName: 'wasm',
    kernelFunc(call) {
      const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo };
      const attrs = call.attrs as unknown as ConvolutionAttrs & { inputShape: number[] };
      const backend = call.backend as WasmBackend;
      const out = backend.makeOutput(attrs.inputShape, 'float32');
      const result = backend.typedArrayFromHeap(out).fill(0);
      const weights = backend.typedArrayFromHeap(filter);
      const gradients = backend.typedArrayFromHeap(dy);
      eachCovered(convolutionSizes(attrs.inputShape, filter.shape, attrs, true), (at) => {
        result[at.input] = (result[at.input] ?? 0) + (weights[at.filter] ?? 0) * (gradients[at.output] ?? 0);
      });
      return out;
    },
  });
}

interface Places {
  input: number;
  filter: number;
  output: number;
}

/** Visits every product of the convolution; the same object each time, with the places of its three parts. */
function eachCovered(sizes: ConvolutionSizes, visit: (at: Places) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = sizes;
  const multiplier = sizes.outChannels / inChannels;
  const at: Places = { input: 0, filter: 0, output: 0 };
  for (let place = 0; place < sizes.batchSize * outHeight * outWidth; place++) {
    const column = (place % outWidth) * sizes.strideWidth - sizes.padInfo.left;
    const row = (Math.floor(place / outWidth) % outHeight) * sizes.strideHeight - sizes.padInfo.top;
    const image = Math.floor(place / (outWidth * outHeight));
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const y = row + Math.floor(tap / filterWidth);
      const x = column + (tap % filterWidth);
      if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue;
      const pixel = ((image * inHeight + y) * inWidth + x) * inChannels;
      for (let channel = 0; channel < sizes.outChannels; channel++) {
        at.input = pixel + Math.floor(channel / multiplier);
        at.filter = tap * sizes.outChannels + channel;
        at.output = place * sizes.outChannels + channel;
        visit(at);
      }
    }
  }
}
