import type { InputRefusal } from '../model-runtime.ts';

/** What a compute process can be started for. */
export type ComputeTask = 'sentiment' | 'text-tokens' | 'text-embedding' | 'image-classification';

/** From the pool to a compute process. */
export interface RunMessage<Input> {
  readonly batchId: number;
  readonly inputs: readonly Input[];
}

/** From a compute process to the pool. */
export type ComputeMessage<Output> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly reason: string }
  | {
      readonly kind: 'answered';
      readonly batchId: number;
      readonly outputs: readonly (Output | InputRefusal)[];
    }
  | { readonly kind: 'failed'; readonly batchId: number; readonly reason: string };
