'use client';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { askApi, type CallMeasure, type CallReply } from './ask-api.ts';
import { type SentimentAnswer, sentimentAnswerSchema } from './sentiment-answer.ts';

/** Each press of the button is a question of its own. */
export interface TextsQuestion {
  readonly texts: readonly string[];
  /** Of POST /v1/sentiment. */
  readonly body: object;
}

export interface TextsAnswer extends SentimentAnswer, CallMeasure {
  readonly texts: readonly string[];
}

export async function askTexts(
  key: ShortLivedKey,
  { texts, body }: TextsQuestion,
  signal: AbortSignal,
): Promise<CallReply<TextsAnswer>> {
  const reply = await askApi(key, { path: '/v1/sentiment', body, schema: sentimentAnswerSchema, signal });
  if (reply.kind === 'refusal') return reply;
  return { kind: 'answer', answer: { ...reply.answer, texts } };
}
