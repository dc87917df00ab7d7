import { z } from '@hono/zod-openapi';
import { embeddingLimits } from '#server/domain/rate-limits/limits.ts';
import { orDefault } from '../codecs/or-default.ts';
import { booleanField, textsUpTo } from '../codecs/text-input.ts';
import { pictureInput, pictureParts, type WithPictures } from '../images/image-request.ts';

const formatSentence = 'encoding_format is "float" or "base64".';
const dimensionsSentence = 'dimensions is a whole number above 0.';

const optionFields = {
  model: z.string({ error: 'model is the name of a model.' }).nullish().openapi({
    description: 'Name of the model; the current one for what is sent when left out.',
    example: 'text-embedding-1',
  }),
  encoding_format: orDefault(z.enum(['float', 'base64'], { error: formatSentence }), 'float').openapi({
    description: 'float: a list of numbers. base64: the bytes of 32-bit floats, little-endian.',
  }),
  dimensions: z
    .int({ error: dimensionsSentence })
    .min(1, { error: dimensionsSentence })
    .nullish()
    .openapi({ description: 'How long the vectors are; no other length than the model’s is given.' }),
  user: z
    .string({ error: 'user is a string.' })
    .nullish()
    .openapi({ description: 'Accepted for clients that send it. It is neither read nor kept.' }),
};

export const embeddingOptions = z.strictObject(optionFields);
export type EmbeddingOptions = z.infer<typeof embeddingOptions>;

/** What all ways of sending texts come down to. */
export interface WithTexts {
  readonly texts: readonly string[];
  /** Whether the answer is one for each of a list. */
  readonly isList: boolean;
  readonly truncate: boolean;
}

export interface TextEmbeddingRequest extends EmbeddingOptions, WithTexts {}
export interface PictureEmbeddingRequest extends EmbeddingOptions, WithPictures {}
export type EmbeddingRequest = TextEmbeddingRequest | PictureEmbeddingRequest;

export function isOfTexts(request: EmbeddingRequest): request is TextEmbeddingRequest {
  return 'texts' in request;
}

export const embeddedTexts = textsUpTo(embeddingLimits.textsMax);
const cutDescription = {
  description: 'Cut texts that are longer than the model reads, instead of refusing them.',
};
export const truncateField = booleanField('truncate').openapi(cutDescription);

const objectError = (issue: { readonly code?: string }) =>
  issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined;

export const textEmbeddingJson = z
  .strictObject(
    {
      input: embeddedTexts,
      truncate: orDefault(truncateField, false).openapi(cutDescription),
      ...optionFields,
    },
    { error: objectError },
  )
  .openapi('TextEmbeddingRequest');

export const pictureEmbeddingJson = z
  .strictObject({ input: pictureInput, ...optionFields }, { error: objectError })
  .openapi('PictureEmbeddingRequest');

export const embeddingForm = z
  .strictObject({ image: pictureParts, ...optionFields })
  .openapi('EmbeddingForm');
