import { z } from 'zod';

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** What the image model's metrics.json says (scripts/evaluate/cards/image-metrics.ts). */
const imageMetricsSchema = z.object({
  id: z.string(),
  task: z.literal('image-classification'),
  version: z.string(),
  digest: z.string(),
  classes: z.number(),
  floatAgreement: estimate,
  floatAgreementRows: z.number(),
  ladder: z.array(
    z.object({
      precision: z.enum(['float32', 'float16', 'int8']),
      sizeBytes: z.number(),
      agreement: estimate,
      cpuMs: z.number(),
    }),
  ),
  transfer: z.array(
    z.object({ data: z.string(), perClass: z.number(), accuracy: z.number(), n: z.number() }),
  ),
  steadiness: z.array(z.object({ change: z.string(), n: z.number(), same: estimate })),
  latency: z.object({ cpuMs: z.number(), p50Ms: z.number(), processor: z.string() }),
  sizeBytes: z.number(),
});
export type ImageMetrics = z.infer<typeof imageMetricsSchema>;

/** Null where the model has not been measured, or by a version of the script that this page does not know. */
export function imageMetrics(cards: readonly unknown[]): ImageMetrics | null {
  for (const card of cards) {
    const parsed = imageMetricsSchema.safeParse(card);
    if (parsed.success) return parsed.data;
  }
  return null;
}
