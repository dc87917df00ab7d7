import { afterAll, beforeAll, expect, it } from 'vitest';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createCustomer } from '#server/testing/metering-requests.ts';
import { createPool } from '../database/pool.ts';
import { createPostgresIdempotency } from './postgres-idempotency.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('a database that does not answer keeps no request waiting: a claim fails, and a release is given up', async () => {
  const warned: string[] = [];
  const log = (_: object, message: string) => void warned.push(message);
  const pool = createPool(database.url, { max: 2, applicationName: 'idempotency', queryTimeoutMs: 300 });
  const idempotency = createPostgresIdempotency({
    pool,
    logger: { debug: log, info: log, warn: log, error: log },
    lifetimeMs: 60_000,
    claimMs: 60_000,
  });
  const { keyId, keyHash } = await createCustomer(database.prisma);
  const [nameMac, requestMac] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const named = { requestId: newRequestId(), keyId, keyHash, nameMac, requestMac };
  expect(await idempotency.claim(named)).toEqual({ kind: 'claimed' });

  await database.prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE`;
    await expect(idempotency.claim(named)).rejects.toThrow('timeout');
    await idempotency.release(named);
  });
  expect(warned).toEqual(['An idempotency key could not be released.']);
  await pool.end();
});
