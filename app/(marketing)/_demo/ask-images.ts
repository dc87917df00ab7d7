'use client';
import { z } from 'zod';
import type { DemoToken } from '#server/domain/demo/schema.ts';
import { askApi, type DemoReply } from './ask-api.ts';

/** A picture that is shown, and sent as it is. A sample's bytes are loaded when it is asked about. */
export interface Picture {
  readonly name: string;
  readonly url: string;
  readonly file: File | null;
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
export interface ImageAnswer extends z.infer<typeof imageAnswerSchema> {
  readonly picture: Picture;
  readonly roundTripMs: number;
}
export type ImageReading = ImageAnswer['data'][number];

export async function askImages(
  token: DemoToken,
  picture: Picture,
  signal: AbortSignal,
): Promise<DemoReply<ImageAnswer>> {
  const body = new FormData();
  body.append('image', await bytesOf(picture, signal), 'picture');
  const reply = await askApi(token, { path: '/v1/images/classify', body, schema: imageAnswerSchema, signal });
  if (reply.kind === 'refusal') return reply;
  return { kind: 'answer', answer: { ...reply.answer, picture } };
}

export async function bytesOf({ file, url }: Picture, signal: AbortSignal): Promise<Blob> {
  return file ?? (await fetch(url, { signal })).blob();
}
