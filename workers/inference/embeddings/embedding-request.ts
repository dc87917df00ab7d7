import { z } from '@hono/zod-openapi';
import { modelField, pictureInput, pictureParts, type WithPictures } from '../images/image-request.ts';

const formatSentence = 'encoding_format is "float" or "base64".';
const dimensionsSentence = 'dimensions is a whole number above 0.';

const optionFields = {
  model: modelField,
  encoding_format: z.enum(['float', 'base64'], { error: formatSentence }).default('float').openapi({
    description: 'float: a list of numbers. base64: the bytes of 32-bit floats, little-endian.',
  }),
  dimensions: z
    .int({ error: dimensionsSentence })
    .min(1, { error: dimensionsSentence })
    .optional()
    .openapi({ description: 'How long the vectors are; no other length than the model’s is given.' }),
  user: z
    .string({ error: 'user is a string.' })
    .optional()
    .openapi({ description: 'Accepted for clients that send it. It is neither read nor kept.' }),
};

export const embeddingOptions = z.strictObject(optionFields);
export type EmbeddingOptions = z.infer<typeof embeddingOptions>;
export interface EmbeddingRequest extends EmbeddingOptions, WithPictures {}

export const embeddingJson = z
  .strictObject(
    { input: pictureInput, ...optionFields },
    { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
  )
  .openapi('EmbeddingRequest');

export const embeddingForm = z
  .strictObject({ image: pictureParts, ...optionFields })
  .openapi('EmbeddingForm');
