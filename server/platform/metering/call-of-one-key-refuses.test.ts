import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmitRequest } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { asks, bothWays, settled, toWaiting } from '#server/testing/metering-ways.ts';
import { refusedByTheShortWay } from '#server/testing/refused-by-the-short-way.ts';

let database: TestDatabase;
let ways: ReturnType<typeof bothWays>;
beforeAll(async () => {
  database = await createTestDatabase();
  ways = bothWays(database);
});
afterAll(() => database.drop());

describe('the short way leaves to the long one, and changes nothing,', () => {
  it.each(refusedByTheShortWay)('%s', async (_, change, more = {}) => {
    const one = await ways.customer();
    await change(database.pool, one);
    const before = [await ways.stateOf(one), await ways.bucketsOf(one)];
    expect(await ways.shortWay(toWaiting(asks(one, 2, more)))).toBeNull();
    expect([await ways.stateOf(one), await ways.bucketsOf(one)]).toEqual(before);
  });

  it('what is no hold of the key, or costs more than it', async () => {
    const [one, other] = [await ways.customer(), await ways.customer()];
    const [request, foreign] = [...asks(one, 1), ...asks(other, 1)] as [AdmitRequest, AdmitRequest];
    const [held] = (await ways.shortWay(toWaiting([request]))) ?? [];
    await ways.shortWay(toWaiting([foreign]));
    const before = await ways.stateOf(one);
    for (const more of [
      { epoch: 1 },
      { requestId: newRequestId() },
      { requestId: foreign.requestId },
      { inputUnits: 9 },
      { priceMicroUsd: 21 },
      { share: { holdId: request.requestId, units: 10, microUsd: 20 }, inputUnits: 1, requestId: 'two' },
    ]) {
      const twice =
        more.requestId === 'two' ? [settled(request, held, { ...more, requestId: newRequestId() })] : [];
      const one = settled(request, held, more.requestId === 'two' ? { share: more.share } : more);
      expect(await ways.shortWay([one, ...twice])).toBeNull();
    }
    expect(await ways.stateOf(one)).toEqual(before);
    expect(await ways.shortWay([settled(request, held)])).toEqual(['settled']);
  });

  it('requests of two hours', async () => {
    const one = await ways.customer();
    const early = `${(Date.now() - 3_600_000)
      .toString(16)
      .padStart(12, '0')
      .replace(/^(.{8})/, '$1-')}${newRequestId().slice(13)}`;
    const requests = asks(one, 2).map((request, i) => (i === 0 ? { ...request, requestId: early } : request));
    const held = await ways.shortWay(toWaiting(requests));
    const both = requests.map((request, i) => settled(request, held?.[i]));
    expect(await ways.shortWay(both)).toBeNull();
    expect(await ways.longWay(both)).toEqual(['settled', 'settled']);
    expect((await ways.stateOf(one)).hours).toHaveLength(2);
  });

  it('and settles what a key has asked for that was revoked since', async () => {
    const one = await ways.customer();
    const [request] = asks(one, 1) as [AdmitRequest];
    const [held] = (await ways.shortWay(toWaiting([request]))) ?? [];
    await database.pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [one.keyId]);
    expect(await ways.shortWay([settled(request, held)])).toEqual(['settled']);
  });
});
