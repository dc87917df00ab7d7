'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { askApi, type CallMeasure, type CallReply } from './ask-api.ts';

/** A picture that is shown, and sent as it is. A sample's bytes are loaded when it is asked about. */
export interface Picture {
  readonly name: string;
  readonly url: string;
  readonly file: File | null;
}

export interface ImageQuestion {
  readonly picture: Picture;
  /** Of the form, beside the picture. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What the page needs of POST /v1/images/classify's answer. */
const imageAnswerSchema = z.object({
  id: z.string(),
  model: z.string(),
  data: z
    .array(
      z.object({
        label: z.string().nullable(),
        interval: z.tuple([z.number(), z.number()]).nullable(),
        scores: z.array(
          z.object({ label: z.string(), wordnet_id: z.string().nullable(), score: z.number() }),
        ),
      }),
    )
    .min(1),
  usage: z.object({ images: z.number(), units: z.number(), price_micro_usd: z.number() }),
});
export interface ImageAnswer extends z.infer<typeof imageAnswerSchema>, CallMeasure {
  readonly picture: Picture;
}
export type ImageReading = ImageAnswer['data'][number];

export async function askImages(
  token: ShortLivedKey,
  { picture, fields }: ImageQuestion,
  signal: AbortSignal,
): Promise<CallReply<ImageAnswer>> {
  const body = new FormData();
  body.append('image', await bytesOf(picture, signal), 'picture');
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const reply = await askApi(token, { path: '/v1/images/classify', body, schema: imageAnswerSchema, signal });
  if (reply.kind === 'refusal') return reply;
  return { kind: 'answer', answer: { ...reply.answer, picture } };
}

export async function bytesOf({ file, url }: Picture, signal: AbortSignal): Promise<Blob> {
  return file ?? (await fetch(url, { signal })).blob();
}
