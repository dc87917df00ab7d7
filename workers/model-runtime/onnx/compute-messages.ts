import type { InputRefusal, TextClassification, TextInput } from '../model-runtime.ts';

/** From the pool to a compute process. */
export interface RunMessage {
  readonly batchId: number;
  readonly inputs: readonly TextInput[];
}

/** From a compute process to the pool. */
export type ComputeMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly reason: string }
  | {
      readonly kind: 'answered';
      readonly batchId: number;
      readonly outputs: readonly (TextClassification | InputRefusal)[];
    }
  | { readonly kind: 'failed'; readonly batchId: number; readonly reason: string };
