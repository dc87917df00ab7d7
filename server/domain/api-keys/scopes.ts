/** What a key may call. A route names the one it needs. */
export const apiKeyScopes = [
  'sentiment',
  'images',
  'embeddings',
  'text',
  'feedback',
  'batches',
  'models:read',
  'usage:read',
] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

export function isApiKeyScope(value: string): value is ApiKeyScope {
  return (apiKeyScopes as readonly string[]).includes(value);
}
