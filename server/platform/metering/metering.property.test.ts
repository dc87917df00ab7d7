import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashApiKey } from '#server/domain/api-keys/key-format.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { admitMany } from './admit-many.ts';
import { saveMany } from './save-many.ts';
import { settleMany } from './settle-many.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A small generator with a seed (mulberry32), so that a failure can be run again. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const workspaces = 3;
const quotaUnits = 400;
const costs = {
  task: 'sentiment',
  modelVersion: 'm',
  outputUnits: 0,
  unit: 'token',
  priceVersion: 1,
  latencyMs: 1,
} as const;

it.each([1, 2, 3])('keeps the books under random interleavings (seed %i)', async (seed) => {
  const random = randomFrom(seed);
  const keys = await Promise.all(Array.from({ length: workspaces * 2 }, async (_, i) => ({ i })));
  const owners = await Promise.all(
    Array.from({ length: workspaces }, () =>
      createWorkspace(database.prisma, { quotaUnits, budgetMicroUsd: quotaUnits }),
    ),
  );
  const callers = await Promise.all(
    keys.map(async ({ i }) => {
      const owner = owners[i % workspaces];
      if (!owner) throw new Error('no workspace');
      // Those of one workspace have budgets of their own; the others count nothing.
      const own = i % workspaces === 0 ? { budgetMicroUsd: 120 + i, concurrencyMax: 40 } : {};
      const key = await createApiKey(database.prisma, { workspaceId: owner.id, ...own });
      return { workspaceId: owner.id, keyId: key.id, keyHash: hashApiKey(key.key) };
    }),
  );
  const ids = owners.map((owner) => owner.id);
  const acknowledged = new Map<string, number>();
  const saved = new Map<string, number>();

  /** One gateway: admits a group, saves progress of some, settles a part of it (twice at times), lets the rest expire. */
  async function gateway() {
    for (let round = 0; round < 25; round++) {
      const requests = Array.from({ length: 1 + random(12) }, () => {
        const caller = callers[random(callers.length)];
        if (!caller) throw new Error('no caller');
        const unitsMax = 1 + random(6);
        return {
          ...caller,
          requestId: newRequestId(),
          scope: 'sentiment' as const,
          model: 'sentiment-1',
          address: '192.0.2.1',
          origin: '',
          unitsMin: 1,
          unitsMax,
          microUsdMax: unitsMax,
          counted: false,
        };
      });
      const holdMs = random(5) === 0 ? 1 : 60_000;
      const admissions = await admitMany({ pool: database.pool, holdMs, timeoutMs: 10_000 }, requests);
      const streams = requests.filter((_, i) => admissions[i]?.verdict === 'valid' && random(3) === 0);
      for (let attempt = 0; attempt <= random(2) && streams.length > 0; attempt++) await save(streams);
      const rows = requests.flatMap((request, i) => {
        if (admissions[i]?.verdict !== 'valid' || random(10) === 0) return [];
        const units = random(8) === 0 ? 0 : 1 + random(request.unitsMax);
        return [
          {
            requestId: request.requestId,
            keyId: request.keyId,
            epoch: 0,
            ...costs,
            statusClass: units === 0 ? (5 as const) : (2 as const),
            inputUnits: units,
            priceMicroUsd: units,
            latencyMs: random(100),
          },
        ];
      });
      if (rows.length === 0) continue;
      for (let attempt = 0; attempt <= random(2); attempt++) {
        const outcomes = await settleMany({ pool: database.pool, timeoutMs: 10_000 }, rows);
        rows.forEach((row, i) => {
          if (outcomes[i] === 'settled') acknowledged.set(row.requestId, row.inputUnits);
        });
      }
      if (random(6) === 0) await database.pool.query('SELECT reap_expired_holds()');
      if (random(4) === 0) await checkBooks();
    }
  }

  async function save(streams: readonly { readonly requestId: string; readonly unitsMax: number }[]) {
    const progress = streams.map(({ requestId, unitsMax }) => {
      const inputUnits = 1 + random(unitsMax);
      return { requestId, epoch: 0, soFar: { ...costs, inputUnits, priceMicroUsd: inputUnits } };
    });
    const call = { pool: database.pool, holdMs: random(3) === 0 ? 1 : 60_000, timeoutMs: 10_000 };
    const outcomes = await saveMany(call, progress);
    progress.forEach(({ requestId, soFar }, i) => {
      if (outcomes[i]?.outcome === 'saved') saved.set(requestId, soFar.inputUnits);
    });
  }

  /** One statement, so one snapshot: what every commit must leave true. */
  async function checkBooks() {
    const { rows } = await database.pool.query(
      `SELECT a.workspace_id,
         a.held_units - coalesce((SELECT sum(h.units) FROM holds h WHERE h.workspace_id = a.workspace_id), 0) AS held,
         a.held_requests - (SELECT count(*) FROM holds h WHERE h.workspace_id = a.workspace_id) AS requests,
         a.spent_units - coalesce((SELECT sum(u.input_units + u.output_units) FROM usage_records u WHERE u.workspace_id = a.workspace_id), 0) AS spent,
         a.spent_micro_usd - coalesce((SELECT sum(u.price_micro_usd) FROM usage_records u WHERE u.workspace_id = a.workspace_id), 0) AS money,
         coalesce((SELECT sum(u.requests) FROM usage_hours u WHERE u.workspace_id = a.workspace_id), 0)
           - (SELECT count(*) FROM usage_records u WHERE u.workspace_id = a.workspace_id) AS rolled,
         coalesce((SELECT sum(u.input_units) FROM usage_hours u WHERE u.workspace_id = a.workspace_id), 0) - a.spent_units AS rolled_units,
         a.spent_units + a.held_units <= a.quota_units AS within
       FROM allowances a WHERE a.workspace_id = ANY ($1)`,
      [ids],
    );
    for (const row of rows) {
      expect({ ...row, workspace_id: '' }).toEqual({
        workspace_id: '',
        held: '0',
        requests: '0',
        spent: '0',
        money: '0',
        rolled: '0',
        rolled_units: '0',
        within: true,
      });
    }
    expect(rows).toHaveLength(workspaces);
    const { rows: own } = await database.pool.query(
      `SELECT k.held_micro_usd - coalesce((SELECT sum(h.micro_usd) FROM holds h WHERE h.key_id = k.key_id), 0) AS held,
         k.held_requests - (SELECT count(*) FROM holds h WHERE h.key_id = k.key_id) AS requests,
         k.spent_micro_usd - coalesce((SELECT sum(u.price_micro_usd) FROM usage_records u WHERE u.key_id = k.key_id), 0) AS spent,
         k.spent_micro_usd + k.held_micro_usd <= k.budget_micro_usd AND k.held_requests <= k.concurrency_max AS within
       FROM key_allowances k WHERE k.workspace_id = ANY ($1)`,
      [ids],
    );
    expect(own).toEqual([0, 1].map(() => ({ held: '0', requests: '0', spent: '0', within: true })));
  }

  await Promise.all([gateway(), gateway(), gateway(), gateway()]);
  await checkBooks();

  await database.pool.query(
    `UPDATE holds SET expires_at = now() - interval '1 s' WHERE workspace_id = ANY ($1)`,
    [ids],
  );
  await database.pool.query('SELECT reap_expired_holds()');
  await checkBooks();
  expect(await database.prisma.hold.count({ where: { workspaceId: { in: ids } } })).toBe(0);
  const written = await database.prisma.usageRecord.findMany({ where: { workspaceId: { in: ids } } });
  const orphans = written.filter(({ id }) => !acknowledged.has(id));
  expect(orphans.length).toBeGreaterThan(0);
  for (const { id, statusClass, inputUnits } of orphans)
    expect([statusClass, Number(inputUnits)]).toEqual([2, saved.get(id)]);
  const told = written.filter(({ id }) => acknowledged.has(id));
  expect(new Map(told.map((row) => [row.id, Number(row.inputUnits)]))).toEqual(acknowledged);
});
