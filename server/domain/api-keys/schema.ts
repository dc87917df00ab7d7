import { z } from 'zod';
import { displayNameSchema } from '../accounts/schema.ts';
import { apiKeyLimits } from '../rate-limits/limits.ts';
import type { ApiKeyKind } from './key-format.ts';
import { type ApiKeyScope, apiKeyScopes } from './scopes.ts';

export const apiKeyNameSchema = displayNameSchema(apiKeyLimits.nameCharactersMax);
const keyIdSchema = z.string().regex(/^[0-9A-Za-z]{12}$/, 'Give the id of a key.');

/**
 * What a new key may call unless said otherwise: every model. A key that exists keeps the scopes that it was made with,
 * also when a model is added here.
 */
export const defaultApiKeyScopes = [
  'sentiment',
  'images',
  'embeddings',
  'text',
  'feedback',
  'models:read',
] as const satisfies readonly ApiKeyScope[];

/** What the console offers: a key in an app that others can read should not tell what its workspace spends. */
export const apiKeyAccess = {
  models: defaultApiKeyScopes,
  'models and usage': [...defaultApiKeyScopes, 'usage:read'],
  usage: ['usage:read'],
} as const satisfies Record<string, readonly ApiKeyScope[]>;

export const createApiKeySchema = z.object({
  name: apiKeyNameSchema,
  expiresInDays: z.int().min(1).max(apiKeyLimits.lifetimeDaysMax).nullish(),
  scopes: z.array(z.enum(apiKeyScopes)).min(1).max(apiKeyScopes.length).optional(),
});
export const revokeApiKeySchema = z.object({ keyId: keyIdSchema });
export const renameApiKeySchema = z.object({ keyId: keyIdSchema, name: apiKeyNameSchema });

export interface ApiKeyItem {
  readonly id: string;
  readonly name: string;
  /** Enough to recognise the key by, too little to use it. */
  readonly prefix: string;
  readonly kind: ApiKeyKind;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: Date;
  /** The email of the member who made it; null when they have left. */
  readonly createdBy: string | null;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly requestsPerMinute: number;
}

/** What a page in a browser calls the API with, and where. */
export interface ShortLivedKey {
  readonly token: string;
  readonly apiUrl: string;
  readonly expiresAt: Date;
}

export interface CreatedApiKey {
  readonly id: string;
  /** The whole key: this is the only time that anyone sees it. */
  readonly key: string;
  readonly prefix: string;
  readonly name: string;
  readonly expiresAt: Date | null;
}
