import { batchEndpoints } from '#server/domain/batches/schema.ts';

export { batchEndpoints };
export type BatchEndpoint = (typeof batchEndpoints)[number];

/** The field of a body without which each path refuses it. */
export const needsOf = {
  '/v1/chat/completions': 'messages',
  '/v1/completions': 'prompt',
  '/v1/embeddings': 'input',
  '/v1/sentiment': 'input',
  '/v1/images/classify': 'input',
} as const satisfies Record<BatchEndpoint, string>;
export const bodyFields = [...new Set(Object.values(needsOf))];

export function isBatchEndpoint(url: string): url is BatchEndpoint {
  return (batchEndpoints as readonly string[]).includes(url);
}
