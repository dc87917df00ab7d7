'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { type CallReply, refusalIn, requestOf } from './ask-api.ts';
import { eventData } from './event-data.ts';

/** Each press of the button is a question of its own. */
export interface TextQuestion {
  /** Of POST /v1/text/generate; it is asked for as a stream. */
  readonly body: object;
  readonly prompt: string;
}

export interface TextAnswer {
  readonly id: string;
  readonly model: string;
  readonly prompt: string;
  readonly text: string;
  readonly finishReason: string;
  readonly usage: z.infer<typeof usageSchema>;
  /** From sending to the first words, and to the last event. */
  readonly firstWordsMs: number;
  readonly wholeMs: number;
  /** The events, as they came. */
  readonly raw: readonly unknown[];
}

/** What there is while it is written. */
export interface TextSoFar {
  /** Null: the model has not begun. */
  readonly id: string | null;
  readonly text: string;
}

const usageSchema = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  units: z.number(),
  price_micro_usd: z.number(),
});

/** What the page needs of a stream of POST /v1/text/generate. */
const startedSchema = z.object({
  object: z.literal('text_generation.started'),
  id: z.string(),
  model: z.string(),
});
const eventSchema = z.union([
  startedSchema,
  z.object({ object: z.literal('text_generation.text'), text: z.string() }),
  z.object({
    object: z.literal('text_generation.finished'),
    data: z.array(z.object({ finish_reason: z.string() })).min(1),
    usage: usageSchema,
  }),
  z.object({ object: z.undefined().optional(), error: z.unknown() }),
]);

/** The real API, as any browser would call it; `onText` is told all that was written so far. */
export async function askText(
  key: ShortLivedKey,
  { body, prompt }: TextQuestion,
  signal: AbortSignal,
  onText: (soFar: TextSoFar) => void,
): Promise<CallReply<TextAnswer>> {
  const startedAt = performance.now();
  onText({ id: null, text: '' });
  const request = requestOf(key, { ...body, stream: true });
  const response = await fetch(`${key.apiUrl}/v1/text/generate`, { ...request, signal });
  if (!response.ok || !response.body) {
    return { kind: 'refusal', refusal: refusalIn(response, await response.json()) };
  }
  let head: z.infer<typeof startedSchema> | undefined;
  let text = '';
  let firstWordsMs: number | undefined;
  const raw: unknown[] = [];
  for await (const data of eventData(response.body)) {
    const event = eventSchema.parse(data);
    raw.push(data);
    const tookMs = performance.now() - startedAt;
    if (event.object === undefined) return { kind: 'refusal', refusal: refusalIn(response, event) };
    if (event.object === 'text_generation.started') {
      head = event;
      onText({ id: head.id, text });
    }
    if (event.object === 'text_generation.text') {
      firstWordsMs ??= tookMs;
      text += event.text;
      onText({ id: head?.id ?? null, text });
    }
    if (event.object === 'text_generation.finished' && head) {
      const { id, model } = head;
      const answer = {
        id,
        model,
        prompt,
        text,
        finishReason: event.data[0]?.finish_reason ?? 'stop',
        usage: event.usage,
        firstWordsMs: firstWordsMs ?? tookMs,
        wholeMs: tookMs,
        raw,
      };
      return { kind: 'answer', answer };
    }
  }
  throw new Error('The stream ended before its last event.');
}
