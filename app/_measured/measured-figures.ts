import { z } from 'zod';

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
type Estimate = z.infer<typeof estimateSchema>;

/** What a sentiment model's metrics.json says, beside its id, task and version. */
const sentimentMetricsSchema = z.object({
  id: z.string(),
  version: z.string(),
  digest: z.string(),
  trainedAt: z.string(),
  trainedRows: z.number(),
  data: z.array(
    estimateSchema.extend({
      source: z.string(),
      metric: z.string(),
      n: z.number(),
      baseline: estimateSchema,
      difference: estimateSchema,
    }),
  ),
  ece: z.object({ value: z.number(), bins: z.number(), n: z.number() }),
  floatAgreement: z.object({ value: z.number(), n: z.number() }),
  engine: z.string(),
  fairness: z.array(
    estimateSchema.omit({ value: true }).extend({
      dimension: z.string(),
      sentences: z.number(),
      gap: z.number(),
      groups: z.record(z.string(), z.number()),
    }),
  ),
  robustness: z.array(
    z.object({
      change: z.string(),
      n: z.number(),
      before: z.number(),
      after: estimateSchema,
      drop: estimateSchema,
    }),
  ),
  negation: z.object({ n: z.number(), plain: z.number(), negated: z.number() }),
  ladder: z.array(
    z.object({
      precision: z.string(),
      sizeBytes: z.number(),
      accuracy: z.number(),
      agreement: z.number(),
      cpuMs: z.number(),
    }),
  ),
  latency: z.object({ p50Ms: z.number(), tokens: z.number(), threads: z.number(), processor: z.string() }),
  sizeBytes: z.number(),
});
export type SentimentMetrics = z.infer<typeof sentimentMetricsSchema>;

/** One figure of a model's card, as the pages show it: shares of 0 to 1, with 95 % intervals. */
export interface MeasuredFigure extends Estimate {
  readonly model: string;
  readonly on: string;
  readonly metric: string;
  readonly rows: number;
  readonly baseline: Estimate;
  /** The model less a bag of words, over the same resamples. */
  readonly difference: Estimate;
}

const sources: Readonly<Record<string, string>> = {
  'sst-sentence': 'SST dev',
  tweeteval: 'TweetEval dev',
  goemotions: 'GoEmotions dev',
};
const metrics: Readonly<Record<string, string>> = {
  accuracy_two_class: 'accuracy without neutral',
  macro_recall: 'macro recall',
  accuracy: 'accuracy',
};

export const evaluateCommand = 'npm run evaluate:sentiment';

/** Null where the model has not been measured, or by a version of the script that this page does not know. */
export function sentimentMetrics(cards: readonly unknown[]): SentimentMetrics | null {
  for (const card of cards) {
    const parsed = sentimentMetricsSchema.safeParse(card);
    if (parsed.success) return parsed.data;
  }
  return null;
}

export function measuredFigures({ id, data }: SentimentMetrics): readonly MeasuredFigure[] {
  return data.map(({ source, metric, n, ...estimates }) => ({
    ...estimates,
    model: id,
    on: sources[source] ?? source,
    metric: metrics[metric] ?? metric,
    rows: n,
  }));
}

/** The customary measure of each source: the first that the card names. */
export function headlineFigures(card: SentimentMetrics): readonly MeasuredFigure[] {
  const figures = measuredFigures(card);
  return figures.filter((figure, index) => figures.findIndex(({ on }) => on === figure.on) === index);
}
