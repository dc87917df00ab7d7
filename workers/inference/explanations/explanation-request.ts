import { z } from '@hono/zod-openapi';
import { pictureExplanationMethods, textExplanationMethods } from '#server/domain/explanations/methods.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import { orDefault } from '../codecs/or-default.ts';
import { readTextUpTo } from '../codecs/text-input.ts';
import { pictureSource, type WithPictures } from '../images/image-request.ts';

export const sentimentLabels = ['negative', 'neutral', 'positive'] as const;

const { textCharactersMax, samplesMax, samplesDefault, gridMin, gridMax, gridDefault } = explanationLimits;
const samplesSentence = `samples is a whole number from 2 to ${samplesMax}.`;
const seedSentence = 'seed is a whole number from 0 to 4294967295.';
const gridSentence = `grid is a whole number from ${gridMin} to ${gridMax}.`;
const labelSentence = 'label is a label of the model, or its WordNet id.';
const labelCharactersMax = 200;

const methodField = <Name extends string>(names: readonly Name[], more = '') =>
  z.enum(names, { error: `method is one of ${names.join(', ')}.` }).openapi({
    description: `occlusion: a run a word or cell. lime and shap: as many runs as samples.${more}`,
  });

const optionFields = {
  model: z.string({ error: 'model is the name of a model.' }).nullish(),
  method: orDefault(methodField(textExplanationMethods), 'occlusion'),
  samples: orDefault(
    z
      .int({ error: samplesSentence })
      .min(2, { error: samplesSentence })
      .max(samplesMax, { error: samplesSentence }),
    samplesDefault,
  ).openapi({ description: 'Most perturbed inputs that lime and shap score. Few words need fewer.' }),
  seed: orDefault(
    z
      .int({ error: seedSentence })
      .min(0, { error: seedSentence })
      .max(2 ** 32 - 1, { error: seedSentence }),
    0,
  ).openapi({ description: 'The same seed gives the same values.' }),
};

const notAnObject = (issue: { readonly code?: string | undefined }) =>
  issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined;

export const textExplanationBody = z
  .strictObject(
    {
      input: readTextUpTo(textCharactersMax).openapi({
        example: 'The plot is thin but the acting is wonderful.',
      }),
      label: z
        .enum(sentimentLabels, { error: `label is one of ${sentimentLabels.join(', ')}.` })
        .nullish()
        .openapi({ description: 'The label to explain; the most probable one when left out.' }),
      ...optionFields,
    },
    { error: notAnObject },
  )
  .openapi('ExplanationRequest');
export type TextExplanationRequest = z.infer<typeof textExplanationBody>;

const pictureOptionFields = {
  ...optionFields,
  method: orDefault(
    methodField(
      pictureExplanationMethods,
      ' grad-cam: the picture itself, and what measures the faithfulness; as fine as the model’s last features, 7 by 7.',
    ),
    'occlusion',
  ),
  label: z
    .string({ error: labelSentence })
    .min(1, { error: labelSentence })
    .max(labelCharactersMax, { error: labelSentence })
    .nullish()
    .openapi({
      description: 'The label to explain, or its WordNet id; the most probable one when left out.',
      example: 'tabby',
    }),
  grid: orDefault(
    z
      .int({ error: gridSentence })
      .min(gridMin, { error: gridSentence })
      .max(gridMax, { error: gridSentence }),
    gridDefault,
  ).openapi({ description: 'Cells on a side of what the model sees.' }),
};

export const pictureExplanationOptions = z.strictObject(pictureOptionFields);

export const pictureExplanationBody = z
  .strictObject(
    {
      input: pictureSource.openapi({ description: 'One picture.' }),
      ...pictureOptionFields,
    },
    { error: notAnObject },
  )
  .openapi('PictureExplanationRequest');

/** How the form looks to whoever reads the API's description. */
export const pictureExplanationForm = z
  .strictObject({ image: z.string().openapi({ format: 'binary' }), ...pictureOptionFields })
  .openapi('PictureExplanationForm');

export interface PictureExplanationRequest extends z.infer<typeof pictureExplanationOptions>, WithPictures {}

export type ExplanationRequest = TextExplanationRequest | PictureExplanationRequest;

export function isOfPicture(request: ExplanationRequest): request is PictureExplanationRequest {
  return 'pictures' in request;
}
