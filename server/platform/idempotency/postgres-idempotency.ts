import type { Pool } from 'pg';
import type { ClaimOutcome, Idempotency, NamedRequest } from '#server/domain/idempotency/idempotency.ts';
import type { Logger } from '#server/domain/logger.ts';

export interface IdempotencyOptions {
  /** What has no answer within the pool's own time has failed. */
  readonly pool: Pool;
  readonly logger: Logger;
  readonly lifetimeMs: number;
  /** Longer than any request takes: a gateway that died keeps a name for so long. */
  readonly claimMs: number;
}

/** The secret that was replaced works until its overlap has ended. */
const isKeyInForce = `k.id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
  AND (k.secret_hash = $2 OR (k.previous_secret_hash = $2 AND k.previous_expires_at > now()))`;

/** A name is released between the two statements of a claim at the most once in a while. */
const triesMax = 3;

export function createPostgresIdempotency(options: IdempotencyOptions): Idempotency {
  const { pool, logger, lifetimeMs, claimMs } = options;

  /** True: the name is this request's. It is taken over from one that expired, or that ended without success. */
  async function take(request: NamedRequest): Promise<boolean> {
    const { keyId, keyHash, nameMac, requestMac, requestId } = request;
    const { rowCount } = await pool.query(
      `INSERT INTO idempotency_keys AS i (key_id, name_mac, request_mac, request_id, claimed_until, expires_at)
       SELECT k.id, $3, $4, $5, now() + $6 * interval '1 millisecond', now() + $7 * interval '1 millisecond'
       FROM api_keys k
       WHERE ${isKeyInForce}
       ON CONFLICT (key_id, name_mac) DO UPDATE
       SET request_mac = excluded.request_mac, request_id = excluded.request_id,
           claimed_until = excluded.claimed_until, expires_at = excluded.expires_at
       WHERE i.expires_at <= now() OR (i.claimed_until <= now()
         AND NOT EXISTS (SELECT 1 FROM usage_records u WHERE u.id = i.request_id AND u.status_class = 2))`,
      [keyId, keyHash, nameMac, requestMac, requestId, claimMs, lifetimeMs],
    );
    return rowCount === 1;
  }

  /** Null: it was released in the meantime. */
  async function look({ keyId, keyHash, nameMac, requestMac }: NamedRequest): Promise<ClaimOutcome | null> {
    const { rows } = await pool.query<{
      request_id: string | null;
      is_same: boolean | null;
      is_completed: boolean;
    }>(
      `SELECT i.request_id, i.request_mac = $4 AS is_same,
         EXISTS (SELECT 1 FROM usage_records u WHERE u.id = i.request_id AND u.status_class = 2) AS is_completed
       FROM api_keys k LEFT JOIN idempotency_keys i ON i.key_id = k.id AND i.name_mac = $3
       WHERE ${isKeyInForce}`,
      [keyId, keyHash, nameMac, requestMac],
    );
    const [row] = rows;
    if (!row) return { kind: 'no_key' };
    if (row.request_id === null) return null;
    if (!row.is_same) return { kind: 'other_request' };
    return row.is_completed ? { kind: 'completed', requestId: row.request_id } : { kind: 'in_flight' };
  }

  return {
    async claim(request) {
      for (let tries = 0; tries < triesMax; tries++) {
        if (await take(request)) return { kind: 'claimed' };
        const found = await look(request);
        if (found) return found;
      }
      return { kind: 'in_flight' };
    },
    async release({ keyId, nameMac, requestId }) {
      try {
        // What is in the ledger has succeeded, even if nobody could be told.
        await pool.query(
          `DELETE FROM idempotency_keys i WHERE i.key_id = $1 AND i.name_mac = $2 AND i.request_id = $3
           AND NOT EXISTS (SELECT 1 FROM usage_records u WHERE u.id = $3 AND u.status_class = 2)`,
          [keyId, nameMac, requestId],
        );
      } catch (error) {
        logger.warn({ err: error }, 'An idempotency key could not be released.');
      }
    },
  };
}
