import { type DecoderSession, openDecoder } from '#workers/model-runtime/onnx/decoding/open-decoder.ts';
import { exportDecoder } from '#workers/model-zoo/export-decoder.ts';
import { readLanguageModel } from '../../models/language-models/read-language-model.ts';

export interface LanguageModel {
  readonly session: DecoderSession;
  readonly positions: number;
  tokenize(text: string): number[];
  /** How many bytes of a text the token stands for. */
  bytesOf(id: number): number;
}

/** A GGUF model (its file or its first part) with its weights dequantised, run in 32 bits by ONNX Runtime. */
export async function openLanguageModel(file: string): Promise<LanguageModel> {
  const { decoder, weights, tokenize, bytesOf } = readLanguageModel(file);
  const session = await openDecoder(exportDecoder(decoder, weights, 'float32'), decoder);
  return { session, positions: decoder.positions, tokenize, bytesOf };
}
