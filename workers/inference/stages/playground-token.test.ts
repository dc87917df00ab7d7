import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMembership } from '#server/domain/members/find-membership.ts';
import { mintPlaygroundToken } from '#server/domain/playground/mint-playground-token.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createMember, createUser, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest, webUrl } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
});
afterAll(() => database.drop());

async function member(now = new Date()) {
  const db = database.prisma;
  const [{ id: workspaceId }, { id: userId }] = [await createWorkspace(db), await createUser(db)];
  await createMember(db, { workspaceId, userId, role: 'developer' });
  const { workspace } = await findMembership({ db }, { workspaceId, userId, permission: 'models:call' });
  const { token } = await mintPlaygroundToken(
    {
      db,
      clock: { ...systemClock, now: () => now },
      rateLimiter: { take: async () => ({ allowed: true }) },
      apiUrl: 'http://api.example.com',
    },
    { workspace, userId },
  );
  return { workspaceId, token };
}

it('a token of the playground calls the models from the console, and its workspace pays', async () => {
  const { workspaceId, token } = await member();
  const headers = { origin: webUrl };
  const answer = await call(door, { key: token, body: { input: ['a', 'b'] }, headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(webUrl);
  const body = { messages: [{ role: 'user', content: 'two words' }] };
  const text = await call(door, { key: token, path: '/v1/text/generate', body, headers });
  expect(text.status).toBe(200);
  const units = answer.json.usage.units + text.json.usage.units;
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: units, ledgerUnits: units });
});

it('a token of the playground reads the receipts of its workspace, and of no other', async () => {
  const [ours, theirs] = [await member(), await member()];
  const { json } = await call(door, { key: ours.token });
  const path = `/v1/usage/receipts/${json.id}`;
  const receipt = await call(door, { key: ours.token, method: 'GET', path });
  expect([receipt.status, receipt.json.units]).toEqual([200, json.usage.units]);
  const foreign = await call(door, { key: theirs.token, method: 'GET', path });
  expect([foreign.status, foreign.json.error.code]).toEqual([404, 'not_found']);
});

it('a token of the playground does nothing else, and nothing once its time is over', async () => {
  const { token } = await member();
  const models = await call(door, { key: token, method: 'GET', path: '/v1/models' });
  expect([models.status, models.json.error.code]).toEqual([403, 'scope_missing']);
  const old = await member(new Date(Date.now() - 16 * 60_000));
  const late = await call(door, { key: old.token });
  expect([late.status, late.json.error.code]).toEqual([401, 'expired_api_key']);
});
