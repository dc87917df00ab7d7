import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { readBooks } from '../testing/books.ts';

let database: TestDatabase;
let gateways: readonly TestProcess[];

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { INFERENCE_RUNTIME: 'fake', FAKE_RUNTIME_LATENCY_MS: '50' };
  gateways = await Promise.all([0, 1].map(() => startInference({ databaseUrl: database.url, env })));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await database.drop();
});

it('of twenty requests at once with one Idempotency-Key, over two gateways, one is answered and billed', async () => {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { key } = await createApiKey(database.prisma, { workspaceId });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
  const send = async (gateway: TestProcess | undefined) => {
    const response = await fetch(`${gateway?.url}/v1/sentiment`, {
      method: 'POST',
      headers,
      body: '{"input":"good"}',
    });
    const json = (await response.json()) as { id?: string; error?: { code: string; receipt?: object } };
    return { status: response.status, json };
  };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(gateways[i % 2])));
  const [first, ...more] = answers.filter(({ status }) => status === 200);
  expect(more).toEqual([]);
  const codes = answers.filter(({ status }) => status !== 200).map(({ json }) => json.error?.code);
  expect(codes).toHaveLength(19);
  for (const code of codes) expect(['idempotency_key_in_use', 'already_completed']).toContain(code);
  for (const gateway of gateways) {
    expect(await send(gateway)).toMatchObject({
      status: 409,
      json: { error: { code: 'already_completed', receipt: { id: first?.json.id } } },
    });
  }
  expect(await readBooks(database.pool, workspaceId)).toMatchObject({
    ledger: 1,
    rolled: 1,
    heldUnits: 0,
    heldRequests: 0,
    holds: 0,
  });
});
