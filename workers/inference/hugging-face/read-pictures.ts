import { z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { imageLimits, outboundLimits } from '#server/domain/rate-limits/limits.ts';
import type { IncomingBody } from '../endpoint.ts';
import { type Picture, tooManyPictures, type WithPictures } from '../images/image-request.ts';
import { pictureFromBase64, readOnePicture } from '../images/read-image-request.ts';
import { isJson, parseAs, parseJson } from '../wire/json-body.ts';

const inputsError = 'inputs is a picture in base64 or a URL of one, or a list of them.';
const waysToSend =
  'Send one picture as it is with its own Content-Type, or {"inputs": …} as application/json.';
const source = z.string({ error: inputsError });

export const pictureInputs = z
  .union(
    [
      source,
      z
        .array(source, { error: inputsError })
        .min(1, { error: 'The list of pictures is empty.' })
        .max(imageLimits.picturesMax, { error: tooManyPictures(), abort: true }),
    ],
    { error: inputsError },
  )
  .openapi({ description: 'A picture in base64 or its URL, or a list of them.' });

export interface PictureInputs extends WithPictures {
  /** Whether the answer is one for each of a list. */
  readonly isList: boolean;
}

/** The bytes of one picture, or JSON with `inputs`: gives back the rest of it as `schema` has it. */
export async function readPictures<Body extends { readonly inputs: string | string[] }>(
  schema: z.ZodType<Body>,
  incoming: IncomingBody,
): Promise<{ readonly given: PictureInputs; readonly body: Body | null }> {
  if (!isJson(incoming.contentType)) {
    return {
      given: { pictures: [await readOnePicture(incoming, { waysToSend })], isList: false },
      body: null,
    };
  }
  const body = parseAs(schema, parseJson(await incoming.readBody()));
  const isList = Array.isArray(body.inputs);
  const pictures = [body.inputs]
    .flat()
    .map((text, index) => pictureOf(text, isList ? `inputs[${index}]` : 'inputs'));
  return { given: { pictures, isList }, body };
}

function pictureOf(text: string, param: string): Picture {
  if (!/^https?:\/\//i.test(text)) return pictureFromBase64(text, param);
  const { urlCharactersMax } = outboundLimits;
  if (text.length <= urlCharactersMax) return { kind: 'url', url: text, param };
  throw new DomainError('input_too_long', `A URL has at most ${urlCharactersMax} characters.`, { param });
}
