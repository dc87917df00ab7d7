import type { Batch } from '#prisma/generated/client.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { NamedRequest } from '../idempotency/idempotency.ts';
import { idempotencyLimits } from '../rate-limits/limits.ts';

/** A request for a batch that brought an Idempotency-Key. */
export type BatchName = Pick<NamedRequest, 'requestId' | 'keyId' | 'nameMac' | 'requestMac'>;

interface Dependencies {
  readonly db: Pick<Database, 'idempotencyKey' | 'batch'>;
  readonly clock: Clock;
}

/** The batch that the same request has made before. Null: none, and whether the name is free is `nameBatch`'s to say. */
export async function findNamedBatch(
  { db, clock }: Dependencies,
  { keyId, nameMac, requestMac }: BatchName,
): Promise<Batch | null> {
  const named = await db.idempotencyKey.findUnique({
    where: { keyId_nameMac: { keyId, nameMac: new Uint8Array(nameMac) } },
  });
  if (!named?.batchId || named.expiresAt <= clock.now()) return null;
  if (!requestMac.equals(named.requestMac)) throw reused();
  return db.batch.findUnique({ where: { id: named.batchId } });
}

/** In the transaction that makes the batch. A name that has expired, or whose call did not succeed, is taken over. */
export async function nameBatch(
  { db, clock }: { readonly db: Pick<Database, '$executeRaw'>; readonly clock: Clock },
  { requestId, keyId, nameMac, requestMac }: BatchName,
  batchId: string,
): Promise<void> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + idempotencyLimits.lifetimeMs);
  const rows = await db.$executeRaw`
    INSERT INTO idempotency_keys AS i
      (key_id, name_mac, request_mac, request_id, claimed_until, expires_at, batch_id)
    VALUES (${keyId}, ${nameMac}, ${requestMac}, ${requestId}::uuid, ${expiresAt}, ${expiresAt}, ${batchId})
    ON CONFLICT (key_id, name_mac) DO UPDATE
    SET request_mac = excluded.request_mac, request_id = excluded.request_id,
        claimed_until = excluded.claimed_until, expires_at = excluded.expires_at, batch_id = excluded.batch_id
    WHERE i.expires_at <= ${now} OR (i.batch_id IS NULL AND i.claimed_until <= ${now}
      AND NOT EXISTS (SELECT 1 FROM usage_records u WHERE u.id = i.request_id AND u.status_class = 2))`;
  if (rows !== 1) throw reused();
}

function reused(): DomainError {
  const sentence = 'This Idempotency-Key was sent with another request. Take a new one for each request.';
  return new DomainError('idempotency_key_reused', sentence, { param: 'Idempotency-Key' });
}
