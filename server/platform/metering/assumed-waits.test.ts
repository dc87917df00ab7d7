import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeKeyAllowance } from '#server/domain/api-keys/write-key-allowance.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { type Customer, settlementOf } from '#server/testing/metering-requests.ts';
import { asks, bothWays } from '#server/testing/metering-ways.ts';
import { callOfAssumed, undecided } from './call-of-assumed.ts';

let database: TestDatabase;
let ways: ReturnType<typeof bothWays>;
beforeAll(async () => {
  database = await createTestDatabase();
  ways = bothWays(database);
});
afterAll(() => database.drop());

/** One request each of the customers. */
function callOf(...customers: readonly Customer[]) {
  const rows = customers.flatMap((one) =>
    asks(one, 1).map((request) => ({
      assumed: { verdict: 'assumed', workspaceId: one.workspaceId, request } as const,
      cost: settlementOf(request, 4, { priceMicroUsd: 7, outputUnits: 2 }),
    })),
  );
  return callOfAssumed(ways.call, rows);
}

async function oneWaits(): Promise<void> {
  const { rowCount } = await database.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  expect(rowCount).toBe(1);
}

it('a key that is given its first budget while a call of it waits spends nothing beside it', async () => {
  const one = await ways.customer();
  const call = await database.prisma.$transaction(async (transaction) => {
    const budget = { microUsd: 3, isHard: true };
    await writeKeyAllowance(transaction, { ...one, budget, concurrencyMax: null });
    const called = callOf(one);
    await eventually(oneWaits);
    return { called };
  });
  const before = await ways.stateOf(one);
  expect(await call.called).toEqual([undecided]);
  expect(await ways.stateOf(one)).toEqual(before);
});

it('what waited for nearly as long as its gateway does is not written, and nothing that was asked with it', async () => {
  const [one, other] = [await ways.customer(), await ways.customer()].sort((a, b) =>
    a.workspaceId < b.workspaceId ? -1 : 1,
  ) as [Customer, Customer];
  const before = await ways.stateOf(one);
  const call = await database.prisma.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1 FROM allowances WHERE workspace_id = ${other.workspaceId}::uuid FOR UPDATE`;
    const called = callOf(one, other).catch((error: unknown) => error);
    await pause(4_100);
    return { called };
  });
  expect(await call.called).toMatchObject({ code: '57014' });
  expect(await ways.stateOf(one)).toEqual(before);
});
