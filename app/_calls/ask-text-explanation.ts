'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import type { TextExplanationMethod } from '#server/domain/explanations/schema.ts';
import { askApi, type CallMeasure, type CallReply } from './ask-api.ts';

/** What the page needs of POST /v1/explanations' answer for a text. */
const textExplanationSchema = z.object({
  id: z.string(),
  model: z.string(),
  label: z.enum(['negative', 'neutral', 'positive']),
  data: z.array(z.object({ text: z.string(), start: z.number(), end: z.number(), value: z.number() })),
  faithfulness: z.object({ deletion_area: z.number(), insertion_area: z.number() }),
  runs: z.number(),
  usage: z.object({ units: z.number(), price_micro_usd: z.number() }),
});

export interface TextExplanation extends z.infer<typeof textExplanationSchema>, CallMeasure {
  readonly input: string;
  readonly method: TextExplanationMethod;
}

export interface TextExplanationQuestion {
  readonly input: string;
  readonly method: TextExplanationMethod;
}

export async function askTextExplanation(
  key: ShortLivedKey,
  question: TextExplanationQuestion,
  signal: AbortSignal,
): Promise<CallReply<TextExplanation>> {
  const call = { path: '/v1/explanations', body: question, schema: textExplanationSchema, signal };
  const reply = await askApi(key, call);
  if (reply.kind === 'refusal') return reply;
  return { kind: 'answer', answer: { ...reply.answer, ...question } };
}
