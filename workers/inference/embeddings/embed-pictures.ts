import type { Embedding, ImageEmbeddingInput } from '#workers/model-runtime/model-runtime.ts';
import { type EmbeddedKind, expectDimensions, type ServedForEmbedding } from './embedded-kind.ts';
import { toEmbeddingReply } from './embedding-reply.ts';
import type { PictureEmbeddingRequest } from './embedding-request.ts';

export type ServedPictureEmbedder = ServedForEmbedding<ImageEmbeddingInput, Embedding>;

/** It costs a unit like any other, and no model sees it: it is fetched once it is paid for. */
const notFetched = new Uint8Array();

export function embedPictures(
  model: ServedPictureEmbedder,
): EmbeddedKind<PictureEmbeddingRequest, ImageEmbeddingInput, Embedding> {
  return {
    task: 'image-embedding',
    modelOf({ dimensions }) {
      expectDimensions(model, dimensions);
      return model;
    },
    itemsOf: ({ pictures }) =>
      pictures.map((picture) => ({
        bytes: picture.kind === 'bytes' ? picture.bytes : notFetched,
        kind: 'embed',
      })),
    paramOf: ({ pictures }, index) => pictures[index]?.param,
    inputUnitsOf: () => 1,
    reply: ({ encoding_format: format }, answer) =>
      toEmbeddingReply(format, answer, { prompt_tokens: 0, images: answer.outputs.length }),
  };
}
