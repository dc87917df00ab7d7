'use client';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { askApi, type CallReply } from '../../_calls/ask-api.ts';
import { type SentimentAnswer, sentimentAnswerSchema } from '../../_calls/sentiment-answer.ts';
import { withEachWordLeftOut } from './leave-out.ts';

export interface DemoAnswer extends SentimentAnswer {
  readonly text: string;
  readonly texts: number;
  readonly roundTripMs: number;
}

/** A text, and what each of its words does to the answer, in one call. */
export async function askSentiment(
  token: ShortLivedKey,
  text: string,
  signal: AbortSignal,
): Promise<CallReply<DemoAnswer>> {
  const input = withEachWordLeftOut(text);
  const body = { input: input.length === 1 ? input[0] : input };
  const reply = await askApi(token, { path: '/v1/sentiment', body, schema: sentimentAnswerSchema, signal });
  if (reply.kind === 'refusal') return reply;
  return { kind: 'answer', answer: { ...reply.answer, text, texts: input.length } };
}
