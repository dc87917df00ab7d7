import { z } from 'zod';

export const labels = ['positive', 'neutral', 'negative'] as const;
export type Label = (typeof labels)[number];

/** What the page needs of POST /v1/sentiment's answer. */
export const sentimentAnswerSchema = z.object({
  id: z.string(),
  model: z.string(),
  data: z
    .array(
      z.object({
        label: z.enum(labels).nullable(),
        score: z.number(),
        interval: z.tuple([z.number(), z.number()]),
        scores: z.object({ negative: z.number(), neutral: z.number(), positive: z.number() }),
      }),
    )
    .min(1),
  usage: z.object({ input_tokens: z.number(), units: z.number(), price_micro_usd: z.number() }),
});
export type SentimentAnswer = z.infer<typeof sentimentAnswerSchema>;
export type Reading = SentimentAnswer['data'][number];
