import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { admitRequest, createCustomer, settlementOf } from '#server/testing/metering-requests.ts';
import { createMetering } from './create-metering.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(() => vi.useRealTimers());

it('nobody waits for lines of a batch that are never settled', async () => {
  const metering = createMetering({ pool: database.pool, holdMs: 60_000 });
  const one = await createCustomer(database.prisma);
  const ask = () => metering.admit(admitRequest(one, { counted: null }));
  const lines = await Promise.all(Array.from({ length: 40 }, ask));
  expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['valid']));
  // Waiting for company is the only thing that takes a timer to end.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  for (let i = 0; i < 3; i++) {
    const request = admitRequest(one);
    expect(await metering.admit(request)).toMatchObject({ verdict: 'valid' });
    expect(await metering.settle(settlementOf(request, 1), Date.now())).toBe('settled');
  }
});
