import { registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionAttrs, type ConvolutionSizes, convolutionSizes } from './convolution.ts';
import { reshaped, runKernel, type WasmBackend } from './wasm-backend.ts';

/**
 * The gradient of a convolution by its filter, as one matrix product: patches of the input, unrolled
 * [height · width · channels, batch · rows · columns], times the gradient [batch · rows · columns, out] (im2col,
 * Chellapilla and others, 2006).
 */
export function registerConv2dBackpropFilter(): void {
  registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo };
      const attrs = call.attrs as unknown as ConvolutionAttrs & { filterShape: number[] };
      const backend = call.backend as WasmBackend;
      const sizes = convolutionSizes(x.shape, attrs.filterShape, attrs);
      const planes = runKernel('Transpose', backend, { x }, { perm: [3, 0, 1, 2] }); // [channels, batch, height, width]
      const patchRows = sizes.filterHeight * sizes.filterWidth * sizes.inChannels;
      const positions = sizes.batchSize * sizes.outHeight * sizes.outWidth;
      const patches = backend.makeOutput([1, patchRows, positions], 'float32');
      unroll(backend.typedArrayFromHeap(planes), backend.typedArrayFromHeap(patches), sizes);
      const product = runKernel(
        'BatchMatMul',
        backend,
        { a: patches, b: reshaped(dy, [1, positions, sizes.outChannels]) },
        { transposeA: false, transposeB: false },
      );
      backend.disposeData(planes.dataId);
      backend.disposeData(patches.dataId);
      return reshaped(product, attrs.filterShape);
    },
  });
}

type Floats = Float32Array | Int32Array;

function unroll(planes: Floats, patches: Floats, sizes: ConvolutionSizes): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = sizes;
  let position = 0;
  for (let filterRow = 0; filterRow < sizes.filterHeight; filterRow++) {
    for (let filterColumn = 0; filterColumn < sizes.filterWidth; filterColumn++) {
      for (let plane = 0; plane < inChannels * batchSize; plane++) {
        for (let outRow = 0; outRow < outHeight; outRow++) {
          const row = outRow * sizes.strideHeight + filterRow - sizes.padInfo.top;
          const start = (plane * inHeight + row) * inWidth;
          const inside = row >= 0 && row < inHeight;
          for (let outColumn = 0; outColumn < outWidth; outColumn++) {
            const column = outColumn * sizes.strideWidth + filterColumn - sizes.padInfo.left;
            const covered = inside && column >= 0 && column < inWidth;
            patches[position++] = covered ? (planes[start + column] ?? 0) : 0;
          }
        }
      }
    }
  }
}
