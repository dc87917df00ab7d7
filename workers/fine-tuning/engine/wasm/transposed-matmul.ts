import { registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import { wasmKernel } from './wasm-backend.ts';

/**
 * The WebAssembly back end's matrix product is ten times slower when a side is transposed, as both gradients of a
 * product are. This one transposes first. Register it once, after the back end is set.
 */
export function registerTransposedMatMul(): void {
  const original = wasmKernel('BatchMatMul');
  const transpose = wasmKernel('Transpose');
  unregisterKernel('BatchMatMul', 'wasm');
  registerKernel({
    ...original,
    kernelFunc(call) {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
      const backend = call.backend as { disposeData(dataId: object): void };
      const turned: TensorInfo[] = [];
      const turn = (x: TensorInfo): TensorInfo => {
        const attrs = { perm: swapLastTwo(x.shape.length) };
        const result = transpose.kernelFunc({ inputs: { x }, attrs, backend: call.backend }) as TensorInfo;
        turned.push(result);
        return result;
      };
      const inputs = { a: transposeA ? turn(a) : a, b: transposeB ? turn(b) : b };
      const attrs = { ...call.attrs, transposeA: false, transposeB: false };
      const product = original.kernelFunc({ inputs, attrs, backend: call.backend });
      for (const { dataId } of turned) backend.disposeData(dataId);
      return product;
    },
  });
}

function swapLastTwo(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
