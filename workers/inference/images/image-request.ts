import { z } from '@hono/zod-openapi';
import { explanationLimits, imageLimits, outboundLimits } from '#server/domain/rate-limits/limits.ts';
import { orDefault } from '../codecs/or-default.ts';
import { booleanField } from '../codecs/text-input.ts';

/** A picture as it came, or where it is to be fetched from. `param` names it in an error; undefined: the whole body. */
export type Picture =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly param: string | undefined }
  | { readonly kind: 'url'; readonly url: string; readonly param: string };

/** What all ways of sending pictures come down to, whatever else is asked. */
export interface WithPictures {
  readonly pictures: readonly Picture[];
}
export interface ImageRequest extends ImageOptions, WithPictures {}

const { topKMax, topKDefault, picturesMax } = imageLimits;
const topKSentence = `top_k is a whole number from 1 to ${topKMax}.`;
const abstainSentence = 'abstain_below is a number from 0 to 1.';

export const modelField = z
  .string({ error: 'model is the name of a model.' })
  .nullish()
  .openapi({ description: 'Name of the model; the current one when left out.', example: 'image-1' });

const optionFields = {
  model: modelField,
  top_k: orDefault(
    z.int({ error: topKSentence }).min(1, { error: topKSentence }).max(topKMax, { error: topKSentence }),
    topKDefault,
  ).openapi({ description: 'How many labels the answer names.' }),
  abstain_below: z
    .number({ error: abstainSentence })
    .min(0, { error: abstainSentence })
    .max(1, { error: abstainSentence })
    .nullish()
    .openapi({ description: 'A label less probable than this is answered as null.' }),
  explain: booleanField('explain')
    .nullish()
    .openapi({
      description: `Say of each answer what each part of the picture did for its label, by occlusion: up to ${explanationLimits.picturesMax} pictures. Costs what /v1/explanations costs, besides.`,
    }),
};

export const imageOptions = z.strictObject(optionFields);
export type ImageOptions = z.infer<typeof imageOptions>;

const pictureSentence = 'A picture is {"url": …} or {"base64": …}.';

export const pictureSource = z
  .strictObject(
    {
      url: z
        .string({ error: 'url is a string.' })
        .max(outboundLimits.urlCharactersMax, {
          error: `A URL has at most ${outboundLimits.urlCharactersMax} characters.`,
        })
        .nullish()
        .openapi({ description: 'A public http or https address, from which the picture is fetched.' }),
      base64: z
        .string({ error: 'base64 is a string.' })
        .nullish()
        .openapi({ description: 'The bytes in base64, or a data: URL with them.' }),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? pictureSentence : undefined) },
  )
  .refine(({ url, base64 }) => (url == null) !== (base64 == null), { error: pictureSentence })
  .openapi('PictureSource', { minProperties: 1, description: 'One of the two.' });
export type PictureSource = z.infer<typeof pictureSource>;

const inputSentence = `${pictureSentence} Send one or a list of them.`;

/** One picture or a list of them, in JSON. */
export const pictureInput = z
  .union(
    [
      pictureSource,
      z
        .array(pictureSource, { error: inputSentence })
        .min(1, { error: 'The list of pictures is empty.' })
        .max(picturesMax, { error: tooManyPictures(), abort: true }),
    ],
    { error: inputSentence },
  )
  .openapi({ description: 'One picture, or a list of pictures.' });

/** How pictures look in a form to whoever reads the API's description: bytes, where the rest is text. */
export const pictureParts = z
  .array(z.string().openapi({ format: 'binary' }))
  .min(1)
  .max(picturesMax)
  .openapi({ description: 'One part for each picture, all named image.' });

export const imageJson = z
  .strictObject(
    { input: pictureInput, ...optionFields },
    { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
  )
  .openapi('ImageClassificationRequest');

export const imageForm = z
  .strictObject({ image: pictureParts, ...optionFields })
  .openapi('ImageClassificationForm');

export function tooManyPictures(): string {
  return `A request has at most ${picturesMax} pictures.`;
}
