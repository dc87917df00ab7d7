import { z } from 'zod';

/** What the text model's metrics.json says (scripts/evaluate/cards/text-metrics.ts). */
const textMetricsSchema = z.object({
  id: z.string(),
  task: z.literal('text-generation'),
  version: z.string(),
  sizeBytes: z.number(),
  contextTokens: z.number(),
  language: z.array(
    z.object({
      text: z.string(),
      weights: z.string(),
      tokens: z.number(),
      perplexity: z.number(),
      bitsPerByte: z.number(),
    }),
  ),
  instructions: z.array(z.object({ kind: z.string(), prompt: z.string(), passed: z.boolean() })),
  examples: z.array(z.object({ question: z.string(), answer: z.string(), right: z.boolean() })),
  speed: z.object({
    processor: z.string(),
    streams: z.array(z.object({ streams: z.number(), tokensPerS: z.number() })),
    firstTokenMs: z.number(),
    residentBytes: z.number(),
  }),
});
export type TextMetrics = z.infer<typeof textMetricsSchema>;

/** Null where the model has not been measured, or by a version of the script that this page does not know. */
export function textMetrics(cards: readonly unknown[]): TextMetrics | null {
  for (const card of cards) {
    const parsed = textMetricsSchema.safeParse(card);
    if (parsed.success) return parsed.data;
  }
  return null;
}
