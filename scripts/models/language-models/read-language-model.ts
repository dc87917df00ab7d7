import { Tokenizer } from '@huggingface/tokenizers';
import { type Decoder, llama } from '#workers/model-zoo/decoder.ts';
import { llamaFromGguf } from '#workers/model-zoo/gguf/llama-from-gguf.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { tokenizerFromGguf } from '#workers/model-zoo/gguf/tokenizer-from-gguf.ts';
import type { LlamaConfig } from '#workers/model-zoo/llama-config.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';

export interface LanguageModelWeights {
  readonly decoder: Decoder;
  readonly config: LlamaConfig;
  /** Dequantised. */
  readonly weights: Weights<OnnxConstant>;
  /** Names in the file, by those of `transformers`. */
  readonly ggufNames: ReadonlyMap<string, string>;
  /** That ends what it writes. */
  readonly endToken: number;
  tokenize(text: string): number[];
  /** How many bytes of a text the token stands for. */
  bytesOf(id: number): number;
}

/** A GGUF model of the Llama family, by its file or its first part. */
export function readLanguageModel(file: string): LanguageModelWeights {
  return withGguf(file, (gguf) => {
    const model = llamaFromGguf(gguf);
    const tensors = new Map<string, StoredTensor>();
    const ggufNames = new Map<string, string>();
    const names = gguf.tensors.keys();
    for (const [name, tensor] of model.tensors()) {
      tensors.set(name, tensor);
      ggufNames.set(name, names.next().value ?? '');
    }
    const files = tokenizerFromGguf(gguf);
    type Json = ConstructorParameters<typeof Tokenizer>;
    const tokenizer = new Tokenizer(
      files['tokenizer.json'] as Json[0],
      files['tokenizer_config.json'] as Json[1],
    );
    const tokens = gguf.metadata.get('tokenizer.ggml.tokens')?.value as readonly string[];
    return {
      decoder: llama(model.config),
      config: model.config,
      weights: checkpointWeights({ tensors, metadata: {} }),
      ggufNames,
      endToken: Number(model.configJson.eos_token_id ?? -1),
      tokenize: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
      // Byte-level BPE writes every byte as one character of its own.
      bytesOf: (id) => tokens[id]?.length ?? 0,
    };
  });
}
