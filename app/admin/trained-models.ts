import { z } from 'zod';

const trainedModelSchema = z.object({
  version: z.string(),
  task: z.string(),
  /** Null where this project did not train it. */
  trainedAt: z.string().nullable().default(null),
  engine: z.string().nullable().default(null),
});
export type TrainedModel = z.infer<typeof trainedModelSchema>;

/** What every model's metrics.json says of how it came about. */
export function trainedModels(cards: readonly unknown[]): TrainedModel[] {
  return cards.flatMap((card) => {
    const parsed = trainedModelSchema.safeParse(card);
    return parsed.success ? [parsed.data] : [];
  });
}
