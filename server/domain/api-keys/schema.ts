import { z } from 'zod';
import { displayNameSchema } from '../accounts/schema.ts';
import { type Budget, budgetSchema } from '../billing/budget.ts';
import { ipv4OfMapped } from '../rate-limits/ipv4-of-mapped.ts';
import { apiKeyLimits } from '../rate-limits/limits.ts';
import type { ApiKeyKind } from './key-format.ts';
import { type ApiKeyScope, apiKeyScopes } from './scopes.ts';

export { type ApiKeyScope, apiKeyScopes } from './scopes.ts';

export const apiKeyNameSchema = displayNameSchema(apiKeyLimits.nameCharactersMax);
const mappedPrefixBits = 96;
const keyIdSchema = z.string().regex(/^[0-9A-Za-z]{12}$/, 'Give the id of a key.');

/**
 * What a new key may call unless said otherwise: every model. A key that exists keeps its scopes when a model is added
 * here, until a member gives it more.
 */
export const defaultApiKeyScopes = [
  'sentiment',
  'images',
  'embeddings',
  'text',
  'feedback',
  'models:read',
] as const satisfies readonly ApiKeyScope[];

const modelIdSchema = z.string().regex(/^[\w.:/@-]{1,200}$/, 'Give the id of a model.');
/** A host, or a network with its prefix, of either version of IP. What stands for IPv4, as logs write what came over a socket of both, is that. */
export const allowedAddressSchema = z
  .string()
  .trim()
  .pipe(
    z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
      error: 'Give an IP address or a network: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32.',
    }),
  )
  .transform(withoutIpv6Clothes);
/** As browsers send it: scheme, host and port, and nothing after. */
export const allowedOriginSchema = z
  .string()
  .trim()
  .max(apiKeyLimits.originCharactersMax)
  .transform((text, context) => {
    const origin = /^https?:\/\//i.test(text) ? originOf(text) : null;
    if (origin !== null && !text.includes('*')) return origin;
    // A URL's host may hold a star, and no browser ever sends one: it would look like a pattern and match nothing.
    const message = text.includes('*')
      ? 'Give each origin whole: a * stands for nothing here.'
      : 'Give an origin: https://app.example.com, without a path.';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

function withoutIpv6Clothes(text: string): string {
  const [address = '', prefix] = text.split('/');
  const ipv4 = ipv4OfMapped(address);
  if (ipv4 === null) return text;
  if (prefix === undefined) return ipv4;
  const bits = Number(prefix) - mappedPrefixBits;
  return bits < 0 ? text : `${ipv4}/${bits}`;
}

function originOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.search !== '' || url.hash !== '') return null;
  return url.pathname === '/' ? url.origin : null;
}

const limitSentence = 'Give a whole number, 1 or more.';
const limitSchema = z.int(limitSentence).min(1, limitSentence).max(2_147_483_647, 'The number is too large.');

/** What a key may do, from where and for how much. Empty lists restrict nothing, but no origin means no browser. */
const controls = {
  scopes: z.array(z.enum(apiKeyScopes)).min(1, 'A key needs a scope.').max(apiKeyScopes.length).optional(),
  models: z.array(modelIdSchema).max(apiKeyLimits.modelsMax).optional(),
  allowedAddresses: z.array(allowedAddressSchema).max(apiKeyLimits.addressesMax).optional(),
  allowedOrigins: z.array(allowedOriginSchema).max(apiKeyLimits.originsMax).optional(),
  requestsPerMinute: limitSchema.optional(),
  unitsPerMinute: limitSchema.optional(),
  /** Null: as many at once as the workspace has. */
  concurrencyMax: limitSchema.nullish(),
  budget: budgetSchema.nullish(),
};

export const apiKeyControlsSchema = z.object(controls);
export type ApiKeyControls = z.output<typeof apiKeyControlsSchema>;

export const createApiKeySchema = z.object({
  name: apiKeyNameSchema,
  expiresInDays: z.int().min(1).max(apiKeyLimits.lifetimeDaysMax).nullish(),
  ...controls,
});
export const changeApiKeySchema = z.object({
  keyId: keyIdSchema,
  /** Null: never. */
  expiresAt: z.date().nullish(),
  ...controls,
});
export const rotateApiKeySchema = z.object({
  keyId: keyIdSchema,
  /** How long the old secret works beside the new one. 0: it stops at once. */
  overlapHours: z.int().min(0).max(apiKeyLimits.overlapHoursMax),
});
export const endOverlapSchema = z.object({ keyId: keyIdSchema });
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
  /** Until then the secret that was replaced works too. */
  readonly overlapUntil: Date | null;
  /** Empty: every model. */
  readonly models: readonly string[];
  /** Empty: any. */
  readonly allowedAddresses: readonly string[];
  /** Empty: none, so no browser. */
  readonly allowedOrigins: readonly string[];
  readonly requestsPerMinute: number;
  readonly unitsPerMinute: number;
  readonly concurrencyMax: number | null;
  readonly budget: Budget | null;
  readonly spentThisMonthMicroUsd: number;
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
  readonly scopes: readonly ApiKeyScope[];
  readonly expiresAt: Date | null;
  /** Of a key that was there: until then its old secret works too. */
  readonly overlapUntil: Date | null;
}
