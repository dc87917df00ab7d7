'use client';
import { z } from 'zod';
import type { DemoToken } from '#server/domain/demo/schema.ts';
import { type DemoReply, refusalIn } from './ask-api.ts';
import { eventData } from './event-data.ts';

/** Each press of the button is a question of its own. */
export interface TextQuestion {
  readonly prompt: string;
}

export interface TextAnswer {
  readonly id: string;
  readonly model: string;
  readonly prompt: string;
  readonly usage: z.infer<typeof usageSchema>;
  /** From sending to the first words, and to the last event. */
  readonly firstWordsMs: number;
  readonly wholeMs: number;
}

const tokensMax = 120;
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
  z.object({ object: z.literal('text_generation.finished'), usage: usageSchema }),
  z.object({ object: z.undefined().optional(), error: z.unknown() }),
]);

/** The real API, as any browser would call it; `onText` is told all that was written so far. */
export async function askText(
  { token, apiUrl }: DemoToken,
  { prompt }: TextQuestion,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<DemoReply<TextAnswer>> {
  const startedAt = performance.now();
  onText('');
  const response = await fetch(`${apiUrl}/v1/text/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content: prompt }],
      max_tokens: tokensMax,
      stream: true,
    }),
    signal,
  });
  if (!response.ok || !response.body) {
    return { kind: 'refusal', refusal: refusalIn(response, await response.json()) };
  }
  let head: z.infer<typeof startedSchema> | undefined;
  let text = '';
  let firstWordsMs: number | undefined;
  for await (const data of eventData(response.body)) {
    const event = eventSchema.parse(data);
    const tookMs = performance.now() - startedAt;
    if (event.object === undefined) return { kind: 'refusal', refusal: refusalIn(response, event) };
    if (event.object === 'text_generation.started') head = event;
    if (event.object === 'text_generation.text') {
      firstWordsMs ??= tookMs;
      text += event.text;
      onText(text);
    }
    if (event.object === 'text_generation.finished' && head) {
      const { id, model } = head;
      const answer = {
        id,
        model,
        prompt,
        usage: event.usage,
        firstWordsMs: firstWordsMs ?? tookMs,
        wholeMs: tookMs,
      };
      return { kind: 'answer', answer };
    }
  }
  throw new Error('The stream ended before its last event.');
}
