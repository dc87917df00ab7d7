import type { KeyValue } from './ops.ts';

export interface DecoderInputs<T> {
  readonly tokenIds: T; // [batch, length], integers
  /** [batch, past + length]: 1 for tokens, 0 for padding, which stands on the right of `length`. */
  readonly mask: T;
  /** By layer; without it the texts begin here. */
  readonly past?: readonly KeyValue<T>[];
  /** The tokens whose logits are wanted, counted through batch after batch [count]; without it all of them. */
  readonly scored?: T;
}

export interface DecoderOutputs<T> {
  /** For each token, how likely each token of the vocabulary is to follow it [batch, length, vocabulary]; of those scored, [count, vocabulary]. */
  readonly logits: T;
  /** By layer: `past` of the tokens that come next. */
  readonly keyValues: readonly KeyValue<T>[];
}
