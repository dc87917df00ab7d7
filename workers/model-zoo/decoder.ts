import type { DecoderInputs, DecoderOutputs } from './decoder-step.ts';
import type { Gpt2Config } from './gpt2-config.ts';
import { gpt2Decoder } from './gpt2-decoder.ts';
import type { LlamaConfig } from './llama-config.ts';
import { llamaDecoder } from './llama-decoder.ts';
import type { Ops, Weights } from './ops.ts';

/** A model that says which token follows, whatever its architecture. */
export interface Decoder {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly vocabularySize: number;
  readonly positions: number;
  write<T>(ops: Ops<T>, weights: Weights<T>, inputs: DecoderInputs<T>): DecoderOutputs<T>;
}

export function llama(config: LlamaConfig): Decoder {
  const { layers, keyValueHeads, headSize, vocabularySize, positions } = config;
  return {
    layers,
    keyValueHeads,
    headSize,
    vocabularySize,
    positions,
    write: (ops, weights, inputs) => llamaDecoder(ops, config, weights, inputs),
  };
}

export function gpt2(config: Gpt2Config): Decoder {
  const { layers, heads, hiddenSize, vocabularySize, positions } = config;
  return {
    layers,
    keyValueHeads: heads,
    headSize: hiddenSize / heads,
    vocabularySize,
    positions,
    write: (ops, weights, inputs) => gpt2Decoder(ops, config, weights, inputs),
  };
}
