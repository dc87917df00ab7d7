import { z } from 'zod';

const precision = z.enum(['float32', 'int8']);
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** What the sentence encoder's metrics.json says (scripts/evaluate/cards/embedding-metrics.ts). */
const embeddingMetricsSchema = z.object({
  id: z.string(),
  task: z.literal('embedding'),
  version: z.string(),
  digest: z.string(),
  dimensions: z.number(),
  contextTokens: z.number(),
  sizeBytes: z.number(),
  ladder: z.array(
    z.object({
      precision,
      sizeBytes: z.number(),
      cpuMs: z.number(),
      agreement: z
        .object({
          texts: z.number(),
          cosine: z.number(),
          cosineOfWorst: z.number(),
          rankCorrelation: z.number(),
          neighbours: z.number(),
        })
        .nullable(),
    }),
  ),
  retrieval: z.array(
    z.object({
      words: z.number(),
      passages: z.number(),
      by: z.union([precision, z.literal('bm25')]),
      first: estimate,
      amongTen: estimate,
    }),
  ),
  latency: z.object({
    cpuMs: z.number(),
    p50Ms: z.number(),
    tokens: z.number(),
    threads: z.number(),
    processor: z.string(),
  }),
});
export type EmbeddingMetrics = z.infer<typeof embeddingMetricsSchema>;

/** Null where the model has not been measured, or by a version of the script that this page does not know. */
export function embeddingMetrics(cards: readonly unknown[]): EmbeddingMetrics | null {
  for (const card of cards) {
    const parsed = embeddingMetricsSchema.safeParse(card);
    if (parsed.success) return parsed.data;
  }
  return null;
}
