import { z } from 'zod';

export const switchFeedbackSchema = z.object({ keepsFeedback: z.boolean() });

/** What the console shows of it. */
export interface FeedbackSetting {
  readonly keepsFeedback: boolean;
  /** How many are kept. */
  readonly kept: number;
}
