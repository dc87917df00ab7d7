import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { generateApiKey } from './key-format.ts';
import type { ShortLivedKey } from './schema.ts';
import type { ApiKeyScope } from './scopes.ts';

export interface ShortLivedKeyRequest {
  readonly workspaceId: string;
  /** Null: for somebody who is not signed in. */
  readonly createdByUserId: string | null;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Shared by all keys of one person, so that minting more of them gives nobody more calls. */
  readonly rateBucket: string;
  readonly requestsPerMinute: number;
  readonly unitsPerMinute: number;
  readonly lifetimeMs: number;
}

/** A key for a page in a browser: minutes of life, deleted a day later. */
export async function mintShortLivedKey(
  { db, clock, apiUrl }: { db: Database; clock: Clock; apiUrl: string },
  { lifetimeMs, scopes, ...request }: ShortLivedKeyRequest,
): Promise<ShortLivedKey> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  const { id, key, secretHash } = generateApiKey('short_lived');
  await db.apiKey.create({
    data: {
      ...request,
      id,
      kind: 'short_lived',
      secretHash: new Uint8Array(secretHash),
      scopes: [...scopes],
      createdAt: now,
      expiresAt,
    },
  });
  return { token: key, apiUrl, expiresAt };
}
