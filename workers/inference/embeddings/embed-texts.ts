import type { TextEmbedding, TextInput } from '#workers/model-runtime/model-runtime.ts';
import { type EmbeddedKind, expectDimensions, type ServedForEmbedding } from './embedded-kind.ts';
import { toEmbeddingReply } from './embedding-reply.ts';
import type { TextEmbeddingRequest } from './embedding-request.ts';

export type ServedTextEmbedder = ServedForEmbedding<TextInput, TextEmbedding>;

export function embedTexts(
  model: ServedTextEmbedder,
): EmbeddedKind<TextEmbeddingRequest, TextInput, TextEmbedding> {
  return {
    task: 'text-embedding',
    modelOf({ dimensions }) {
      expectDimensions(model, dimensions);
      return model;
    },
    itemsOf: ({ texts, truncate }) => texts.map((text) => ({ text, truncate })),
    paramOf: ({ isList }, index) => (isList ? `input[${index}]` : 'input'),
    inputUnitsOf: ({ inputTokens }) => inputTokens,
    reply: ({ encoding_format: format }, answer) =>
      toEmbeddingReply(format, answer, { prompt_tokens: answer.inputUnits }),
  };
}
