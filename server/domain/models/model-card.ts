import { z } from 'zod';

/**
 * What a built-in model's metrics.json says of it. Only what every model has is required; the figures beside it
 * differ by task and are passed on as they stand.
 */
export const modelCardSchema = z.looseObject({
  id: z.string().min(1),
  task: z.string().min(1),
  version: z.string().min(1),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

export interface ModelCards {
  list(): Promise<readonly ModelCard[]>;
}
