import { z } from '@hono/zod-openapi';
import { pictureExplanationMethods, textExplanationMethods } from '#server/domain/explanations/methods.ts';
import { imageUsageSchema, usageSchema } from '../openapi/openapi-parts.ts';
import { sentimentLabels } from './explanation-request.ts';

const common = {
  id: z.string().openapi({ example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b' }),
  object: z.literal('explanation'),
  model: z.string(),
  method: z.enum(textExplanationMethods),
  faithfulness: z.object({
    deletion_area: z.number().openapi({
      description: 'Mean score while the most important parts are taken out first. Lower is better.',
    }),
    insertion_area: z.number().openapi({
      description: 'Mean score while the most important parts are put in first. Higher is better.',
    }),
  }),
  runs: z.int().openapi({ description: 'How often the model ran.' }),
  seed: z.int(),
};

const value = z.number().openapi({ description: 'What the part does for the score; negative: against it.' });

export const textExplanationReply = z
  .object({
    ...common,
    label: z.enum(sentimentLabels).openapi({ description: 'The label whose score is explained.' }),
    score: z.number().openapi({ description: 'Its score for the whole text.' }),
    base_score: z.number().openapi({ description: 'Its score for the empty text.' }),
    data: z
      .array(
        z.object({
          index: z.int().min(0),
          text: z.string(),
          start: z.int().openapi({ description: 'Place in the input, in UTF-16 code units.' }),
          end: z.int().openapi({ description: 'Past the last code unit.' }),
          value,
        }),
      )
      .openapi({ description: 'One entry for each word; neighbours stand together in a long text.' }),
    usage: usageSchema,
  })
  .openapi('Explanation');
/** What stands beside an answer. */
export const textExplanationPart = textExplanationReply
  .pick({ method: true, label: true, base_score: true, data: true, faithfulness: true, runs: true })
  .openapi('AnswerExplanation');
export type TextExplanationReply = z.infer<typeof textExplanationReply>;

const pixels = z.number().min(0);

export const pictureExplanationReply = z
  .object({
    ...common,
    method: z.enum(pictureExplanationMethods),
    label: z.string().openapi({ description: 'The label whose score is explained.', example: 'tabby' }),
    wordnet_id: z.string().nullable().openapi({ description: 'Its synset in WordNet 3.0.' }),
    score: z.number().openapi({ description: 'Its score for the whole picture.' }),
    base_score: z.number().openapi({ description: 'Its score with every cell in the mean colour.' }),
    picture: z
      .object({ width: pixels, height: pixels })
      .openapi({ description: 'In pixels, turned as its EXIF says: what all places refer to.' }),
    grid: z.int().openapi({ description: 'Rows, and as many columns.' }),
    data: z
      .array(
        z.object({
          index: z.int().min(0),
          row: z.int().min(0),
          column: z.int().min(0),
          left: pixels,
          top: pixels,
          width: pixels,
          height: pixels,
          value,
        }),
      )
      .openapi({
        description:
          'One entry for each cell, row by row. The grid lies on the square that the model sees, the middle of the picture; what is around it has no value.',
      }),
    heat_map: z
      .object({
        base64: z.string().openapi({ description: 'A PNG with alpha, to be laid over the whole picture.' }),
        width: z.int().min(1),
        height: z.int().min(1),
        full_value: z.number().openapi({ description: 'The value that has the strongest colour.' }),
      })
      .openapi({ description: 'Petrol: for the label. Orange: against it. Clear: no value.' }),
    usage: imageUsageSchema,
  })
  .openapi('PictureExplanation');
export const pictureExplanationPart = pictureExplanationReply
  .omit({ id: true, object: true, model: true, score: true, seed: true, usage: true })
  .openapi('PictureAnswerExplanation');
export type PictureExplanationReply = z.infer<typeof pictureExplanationReply>;
