import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';

/** What the WebAssembly back end offers to its kernels. It exports the class, but its own packages' types lag. */
export interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
  /** A view of the heap: gone stale as soon as anything is allocated. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array;
  disposeData(dataId: object): void;
}

/** A kernel that is there already, to build on. */
export function wasmKernel(name: string): KernelConfig {
  const found = getKernel(name, 'wasm');
  if (!found) throw new Error(`The WebAssembly back end has no kernel ${name}; set the back end first.`);
  return found;
}

export function runKernel(
  name: string,
  backend: WasmBackend,
  inputs: Record<string, TensorInfo>,
  attrs: Record<string, unknown>,
): TensorInfo {
  return wasmKernel(name).kernelFunc({
    inputs,
    attrs: attrs as Parameters<KernelConfig['kernelFunc']>[0]['attrs'],
    backend,
  }) as TensorInfo;
}

export function reshaped({ dataId }: TensorInfo, shape: number[]): TensorInfo {
  return { dataId, shape, dtype: 'float32' };
}
