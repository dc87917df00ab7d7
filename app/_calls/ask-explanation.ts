'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import {
  type PictureExplanationMethod,
  pictureExplanationMethods,
} from '#server/domain/explanations/schema.ts';
import { askApi, type CallMeasure, type CallReply } from './ask-api.ts';
import { bytesOf, type Picture } from './ask-images.ts';

/** What the page needs of POST /v1/explanations' answer for a picture. */
const explanationSchema = z.object({
  id: z.string(),
  method: z.enum(pictureExplanationMethods),
  label: z.string(),
  grid: z.number(),
  data: z.array(z.object({ row: z.number(), column: z.number(), value: z.number() })).min(1),
  heat_map: z.object({ base64: z.string(), full_value: z.number() }),
  faithfulness: z.object({ deletion_area: z.number(), insertion_area: z.number() }),
  runs: z.number(),
  usage: z.object({ units: z.number(), price_micro_usd: z.number() }),
});

export interface PictureExplanation extends z.infer<typeof explanationSchema>, CallMeasure {
  readonly picture: Picture;
}

/** A new one each time that somebody asks, so that what was refused can be asked again. */
export interface ExplanationQuestion {
  readonly picture: Picture;
  readonly method: PictureExplanationMethod;
}

export async function askExplanation(
  token: ShortLivedKey,
  { picture, method }: ExplanationQuestion,
  signal: AbortSignal,
): Promise<CallReply<PictureExplanation>> {
  const body = new FormData();
  body.append('image', await bytesOf(picture, signal), 'picture');
  body.append('method', method);
  const reply = await askApi(token, { path: '/v1/explanations', body, schema: explanationSchema, signal });
  if (reply.kind === 'refusal') return reply;
  return { kind: 'answer', answer: { ...reply.answer, picture } };
}
