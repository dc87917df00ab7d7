import { Tokenizer } from '@huggingface/tokenizers';
import { type DecoderSession, openDecoder } from '#workers/model-runtime/onnx/open-decoder.ts';
import { llama } from '#workers/model-zoo/decoder.ts';
import { exportDecoder } from '#workers/model-zoo/export-decoder.ts';
import { llamaFromGguf } from '#workers/model-zoo/gguf/llama-from-gguf.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { tokenizerFromGguf } from '#workers/model-zoo/gguf/tokenizer-from-gguf.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';

export interface LanguageModel {
  readonly session: DecoderSession;
  readonly positions: number;
  tokenize(text: string): number[];
  /** How many bytes of a text the token stands for. */
  bytesOf(id: number): number;
}

/** A GGUF model (its file or its first part) with its weights dequantised, run in 32 bits by ONNX Runtime. */
export async function openLanguageModel(file: string): Promise<LanguageModel> {
  const { decoder, graph, tokenizer, tokens } = withGguf(file, (gguf) => {
    const { config, tensors } = llamaFromGguf(gguf);
    const weights = checkpointWeights({ tensors: new Map(tensors()), metadata: {} });
    const decoder = llama(config);
    const files = tokenizerFromGguf(gguf);
    type Json = ConstructorParameters<typeof Tokenizer>;
    return {
      tokens: gguf.metadata.get('tokenizer.ggml.tokens')?.value as readonly string[],
      decoder,
      graph: exportDecoder(decoder, weights, 'float32'),
      tokenizer: new Tokenizer(files['tokenizer.json'] as Json[0], files['tokenizer_config.json'] as Json[1]),
    };
  });
  return {
    session: await openDecoder(graph, decoder),
    positions: decoder.positions,
    tokenize: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    // Byte-level BPE writes every byte as one character of its own.
    bytesOf: (id) => tokens[id]?.length ?? 0,
  };
}
