'use client';
import type { DemoToken } from '#server/domain/demo/schema.ts';
import { apiErrorSchema, type SentimentAnswer, sentimentAnswerSchema } from './sentiment-answer.ts';

export interface DemoAnswer extends SentimentAnswer {
  readonly text: string;
  readonly texts: number;
  readonly roundTripMs: number;
}

export interface DemoRefusal {
  readonly message: string;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

export type DemoReply =
  | { readonly kind: 'answer'; readonly answer: DemoAnswer }
  | { readonly kind: 'refusal'; readonly refusal: DemoRefusal };

/** The real API, as any browser would call it. Rejects only when it was aborted or nothing answered. */
export async function askSentiment(
  { token, apiUrl }: DemoToken,
  text: string,
  input: readonly string[],
  signal: AbortSignal,
): Promise<DemoReply> {
  const startedAt = performance.now();
  const response = await fetch(`${apiUrl}/v1/sentiment`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input: input.length === 1 ? input[0] : input }),
    signal,
  });
  const body: unknown = await response.json();
  const roundTripMs = performance.now() - startedAt;
  if (response.ok) {
    return {
      kind: 'answer',
      answer: { ...sentimentAnswerSchema.parse(body), text, texts: input.length, roundTripMs },
    };
  }
  const retryAfter = Number(response.headers.get('retry-after'));
  return {
    kind: 'refusal',
    refusal: {
      ...apiErrorSchema.parse(body).error,
      requestId: response.headers.get('x-request-id'),
      retryAfterMs: retryAfter > 0 ? retryAfter * 1_000 : null,
    },
  };
}
