import { registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './wasm-backend.ts';

/** Adds rows up by segment: the gradient of `gather`, and so of every embedding. Rows of no segment are left out. */
export function registerUnsortedSegmentSum(): void {
  registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, segmentIds } = call.inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const { numSegments } = call.attrs as { numSegments: number };
      const backend = call.backend as WasmBackend;
      const inner = x.shape.slice(segmentIds.shape.length);
      const width = inner.reduce((product, size) => product * size, 1);
      const out = backend.makeOutput([numSegments, ...inner], x.dtype);
      const sums = backend.typedArrayFromHeap(out).fill(0);
      const rows = backend.typedArrayFromHeap(x);
      const ids = backend.typedArrayFromHeap(segmentIds);
      for (let row = 0; row < ids.length; row++) {
        const id = ids[row] ?? -1;
        if (id < 0 || id >= numSegments) continue;
        const to = id * width;
        const from = row * width;
        for (let column = 0; column < width; column++) {
          sums[to + column] = (sums[to + column] ?? 0) + (rows[from + column] ?? 0);
        }
      }
      return out;
    },
  });
}
