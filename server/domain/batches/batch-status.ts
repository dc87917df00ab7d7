/** As OpenAI names them. */
export const openStatuses = ['validating', 'in_progress', 'finalizing', 'cancelling'] as const;
export const endStatuses = ['completed', 'failed', 'expired', 'cancelled'] as const;
export type BatchStatus = (typeof openStatuses)[number] | (typeof endStatuses)[number];

/** Paths whose requests may stand in a batch. */
export const batchEndpoints = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/sentiment',
  '/v1/images/classify',
] as const;
