import { type ApiKeyScope, apiKeyScopes } from '#server/domain/api-keys/schema.ts';

const short = {
  sentiment: 'sentiment',
  images: 'images',
  embeddings: 'embeddings',
  text: 'text',
  feedback: 'feedback',
  batches: 'batches',
  'models:read': 'models',
  'usage:read': 'usage',
} as const satisfies Record<ApiKeyScope, string>;

/** What a key may call, for a column. */
export function mayCall(scopes: readonly ApiKeyScope[]): string {
  if (apiKeyScopes.every((scope) => scopes.includes(scope))) return 'everything';
  return scopes.map((scope) => short[scope]).join(', ');
}
