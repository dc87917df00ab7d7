import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotateApiKey } from '#server/domain/api-keys/rotate-api-key.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createUser } from '#server/testing/factories.ts';
import {
  type BatchesUnderTest,
  begin,
  ended,
  lineOf,
  rowsOf,
  startBatches,
  upload,
} from '../testing/batches-under-test.ts';
import { readBooks } from '../testing/books.ts';

let database: TestDatabase;
let under: BatchesUnderTest;
beforeAll(async () => {
  database = await createTestDatabase();
  under = await startBatches(database);
});
afterAll(async () => {
  await under.close();
  await database.drop();
});

describe('a batch', () => {
  it('whose quota ends answers what fits, and says so for the rest', async () => {
    const { client, workspaceId } = await under.newClient({ quotaUnits: 10 });
    const lines = Array.from({ length: 30 }, (_, i) => lineOf(`l${i}`, '/v1/sentiment', { input: 'good' }));
    const batch = await ended(client, (await begin(client, '/v1/sentiment', lines)).id);
    expect(batch.request_counts?.total).toBe(30);
    const books = await readBooks(database.pool, workspaceId);
    expect(books.spent).toBeLessThanOrEqual(10);
    expect(batch.request_counts?.completed).toBe(books.ledger);
    for (const { response } of await rowsOf(client, batch.error_file_id)) {
      expect(response).toMatchObject({ status_code: 429, body: { error: { code: 'insufficient_quota' } } });
    }
  });

  it('whose key is revoked answers no more lines', async () => {
    const { client, keyId, workspaceId } = await under.newClient();
    const { key: otherKey } = await createApiKey(database.prisma, { workspaceId });
    const other = under.clientOf(otherKey);
    const { id } = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    await database.prisma.apiKey.update({ where: { id: keyId }, data: { revokedAt: new Date() } });
    const { id: batchId } = await database.prisma.batch.create({
      data: {
        id: `batch_${keyId}`,
        workspaceId,
        keyId,
        endpoint: '/v1/sentiment',
        inputFileId: id,
        status: 'validating',
        expiresAt: new Date(Date.now() + 60_000),
      },
    });
    const batch = await ended(other, batchId);
    const rows = await rowsOf(other, batch.error_file_id);
    expect(rows).toMatchObject([
      { response: { status_code: 401, body: { error: { code: 'revoked_api_key' } } } },
    ]);
  });

  it('whose key gets another secret in the middle goes on with it', async () => {
    const { client, keyId, workspaceId } = await under.newClient();
    const { id: userId } = await createUser(database.prisma);
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      lineOf(`l${i}`, '/v1/sentiment', { input: 'good' }),
    );
    const { id } = await begin(client, '/v1/sentiment', lines);
    const found = () => database.prisma.batch.findUniqueOrThrow({ where: { id } });
    await eventually(async () => expect((await found()).completed).toBeGreaterThan(0));
    const services = { db: database.prisma, clock: systemClock };
    const { key } = await rotateApiKey(services, { workspaceId, keyId, userId, overlapHours: 0 });
    expect((await found()).completed).toBeLessThan(3_000);
    const batch = await ended(under.clientOf(key), id);
    expect(batch.request_counts).toEqual({ total: 3_000, completed: 3_000, failed: 0 });
  });

  it('that is cancelled ends with what was answered, billed, in its output', async () => {
    const { client, workspaceId } = await under.newClient();
    const lines = Array.from({ length: 5_000 }, (_, i) =>
      lineOf(`l${i}`, '/v1/sentiment', { input: 'good' }),
    );
    const { id } = await begin(client, '/v1/sentiment', lines);
    await eventually(async () =>
      expect((await client.batches.retrieve(id)).request_counts?.completed).toBeGreaterThan(0),
    );
    await expect(
      client.files.delete((await client.batches.retrieve(id)).input_file_id),
    ).rejects.toMatchObject({
      status: 409,
    });
    expect((await client.batches.cancel(id)).status).toBe('cancelling');
    const batch = await ended(client, id);
    expect(batch.status).toBe('cancelled');
    expect(batch.request_counts?.completed).toBeLessThan(5_000);
    expect(await rowsOf(client, batch.output_file_id)).toHaveLength(batch.request_counts?.completed ?? 0);
    expect((await readBooks(database.pool, workspaceId)).ledger).toBe(batch.request_counts?.completed);
    expect((await client.batches.cancel(id)).status).toBe('cancelled');
  });

  it('of a key that restricts addresses runs from where it was made, and keeps the address no longer', async () => {
    const { client, keyId } = await under.newClient();
    await database.prisma.apiKey.update({
      where: { id: keyId },
      data: { allowedAddresses: ['127.0.0.1'] },
    });
    const { id } = await begin(client, '/v1/sentiment', [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    expect((await ended(client, id)).request_counts).toMatchObject({ completed: 1, failed: 0 });
    expect(await database.prisma.batch.findUnique({ where: { id } })).toMatchObject({ address: '' });
  });

  it('that has expired says so for each line that was not run', async () => {
    const { client, workspaceId, keyId } = await under.newClient();
    const { id } = await upload(client, [lineOf('a', '/v1/sentiment', { input: 'good' })]);
    await database.prisma.batch.create({
      data: {
        id: `batch_x${keyId}`,
        workspaceId,
        keyId,
        endpoint: '/v1/sentiment',
        inputFileId: id,
        status: 'validating',
        expiresAt: new Date(Date.now() - 1_000),
      },
    });
    const batch = await ended(client, `batch_x${keyId}`);
    expect(batch.status).toBe('expired');
    expect(await rowsOf(client, batch.error_file_id)).toMatchObject([
      { custom_id: 'a', response: null, error: { code: 'batch_expired' } },
    ]);
  });
});
