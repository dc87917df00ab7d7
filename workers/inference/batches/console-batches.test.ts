import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { mintBatchToken } from '#server/domain/batches/mint-batch-token.ts';
import { findMembership } from '#server/domain/members/find-membership.ts';
import { type Role, roleMay, roles } from '#server/domain/members/roles.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createMember, createUser, createWorkspace } from '#server/testing/factories.ts';
import {
  type BatchesUnderTest,
  begin,
  ended,
  lineOf,
  rowsOf,
  startBatches,
} from '../testing/batches-under-test.ts';
import { readBooks } from '../testing/books.ts';
import { call, webUrl } from '../testing/gateway-under-test.ts';

const endpoint = '/v1/sentiment';
const wanted = 'authorization, content-type, idempotency-key';
const line = lineOf('a', endpoint, { input: 'good' });

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

async function member(now = new Date()) {
  const db = database.prisma;
  const [{ id: workspaceId }, { id: userId }] = [await createWorkspace(db), await createUser(db)];
  await createMember(db, { workspaceId, userId, role: 'developer' });
  const { workspace } = await findMembership({ db }, { workspaceId, userId, permission: 'batches:create' });
  const clock = { ...systemClock, now: () => now };
  const rateLimiter = { take: async () => ({ allowed: true }) as const };
  const dependencies = { db, clock, rateLimiter, apiUrl: 'http://api.example.com' };
  const { token } = await mintBatchToken(dependencies, { workspace, userId });
  return { workspaceId, userId, token, keyId: parseApiKey(token)?.id ?? '' };
}

it('the console uploads, makes a batch and reads it, and its workspace pays', async () => {
  const { workspaceId, token } = await member();
  const client = under.clientOf(token);
  const batch = await ended(client, (await begin(client, endpoint, [line])).id);
  expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 1, failed: 0 } });
  const [row] = await rowsOf(client, batch.output_file_id);
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({
    ledger: 1,
    spent: row?.response.body.usage.units,
  });
});

it('a batch goes on when the token that made it has ended, under a key of its own that ends with it', async () => {
  const { workspaceId, userId, token, keyId } = await member();
  const lines = Array.from({ length: 1_000 }, (_, i) => lineOf(`${i}`, endpoint, { input: 'good' }));
  const { id } = await begin(under.clientOf(token), endpoint, lines);
  const found = () => database.prisma.batch.findUniqueOrThrow({ where: { id } });
  await eventually(async () => expect((await found()).completed).toBeGreaterThan(0));
  await database.prisma.apiKey.update({ where: { id: keyId }, data: { expiresAt: new Date() } });
  expect((await found()).completed).toBeLessThan(lines.length);
  await expect(under.clientOf(token).batches.retrieve(id)).rejects.toMatchObject({ code: 'expired_api_key' });

  const { key: other } = await createApiKey(database.prisma, { workspaceId });
  const batch = await ended(under.clientOf(other), id);
  expect(batch.request_counts).toEqual({ total: 1_000, completed: 1_000, failed: 0 });
  const { keyId: ownKeyId, expiresAt } = await found();
  expect(ownKeyId).not.toBe(keyId);
  expect(await database.prisma.apiKey.findUniqueOrThrow({ where: { id: ownKeyId } })).toMatchObject({
    workspaceId,
    createdByUserId: userId,
    kind: 'short_lived',
    name: 'Console',
    scopes: ['sentiment', 'images', 'embeddings', 'text'],
    expiresAt: new Date(expiresAt.getTime() + batchLimits.turnMs),
  });
});

it('the page of the console may send what its upload needs, and may read the answer', async () => {
  const { token } = await member();
  const origin = webUrl;
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': wanted };
  for (const path of ['/v1/files', '/v1/batches']) {
    const request = new Request(`http://api.example.com${path}`, {
      method: 'OPTIONS',
      headers: { origin, ...asked },
    });
    const { headers } = await under.door.gateway.fetch(request);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-headers')).toBe(wanted);
    expect(headers.get('access-control-allow-methods')).toContain('DELETE');
  }
  const body = { input_file_id: 'file-none', endpoint, completion_window: '24h' };
  for (const [from, allowed] of [
    [origin, origin],
    ['https://elsewhere.example', null],
  ] as const) {
    const answer = await call(under.door, {
      key: token,
      path: '/v1/batches',
      body,
      headers: { origin: from },
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      allowed ? 404 : 403,
      allowed,
    ]);
  }
});

it('a token of one workspace finds no file and no batch of another', async () => {
  const [ours, theirs] = [await member(), await member()];
  const { id, input_file_id: fileId } = await begin(under.clientOf(ours.token), endpoint, [line]);
  const stranger = under.clientOf(theirs.token);
  const absent = { status: 404, code: 'not_found' };
  await expect(stranger.batches.retrieve(id)).rejects.toMatchObject(absent);
  await expect(stranger.files.content(fileId)).rejects.toMatchObject(absent);
  const body = { input_file_id: fileId, endpoint: endpoint as '/v1/embeddings' };
  await expect(stranger.batches.create({ ...body, completion_window: '24h' })).rejects.toMatchObject(absent);
});

it.each(Object.keys(roles) as Role[])(
  'a role that starts batches may do all that their token does: %s',
  (role) => {
    const all = (['models:call', 'files:read', 'batches:manage'] as const).every((one) => roleMay(role, one));
    expect(roleMay(role, 'batches:create')).toBe(all);
  },
);
