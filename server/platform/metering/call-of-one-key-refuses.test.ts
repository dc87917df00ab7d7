import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmitRequest } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import type { Customer } from '#server/testing/metering-requests.ts';
import { asks, bothWays, settled, toWaiting } from '#server/testing/metering-ways.ts';

let database: TestDatabase;
let ways: ReturnType<typeof bothWays>;
beforeAll(async () => {
  database = await createTestDatabase();
  ways = bothWays(database);
});
afterAll(() => database.drop());

describe('the short way leaves to the long one, and changes nothing,', () => {
  const set =
    (table: string, column: string, value: string, where = 'workspace_id') =>
    (one: Customer) =>
      database.pool.query(`UPDATE ${table} SET ${column} = ${value} WHERE ${where} = $1`, [
        where === 'workspace_id' ? one.workspaceId : where === 'id' ? one.keyId : one.workspaceId,
      ]);
  const ofKey = (column: string, value: string) => set('api_keys', column, value, 'id');
  const ofAllowance = (column: string, value: string) => set('allowances', column, value);

  it.each<[string, (one: Customer) => Promise<unknown>, Partial<AdmitRequest>?]>([
    ['a revoked key', ofKey('revoked_at', 'now()')],
    ['an expired key', ofKey('expires_at', `now() - interval '1 s'`)],
    ['a secret that was replaced', ofKey('secret_hash', `'\\x00'`)],
    ['a scope that is missing', ofKey('scopes', `'{images}'`)],
    ['a model that is not named', ofKey('models', `'{other}'`)],
    ['a key that restricts addresses', ofKey('allowed_addresses', `'{192.0.2.0/24}'`)],
    ['an origin that is not named', async () => {}, { origin: 'https://app.example.com' }],
    ['a key with an allowance', (one) => allow(one)],
    ['a suspended workspace', (one) => suspend(one)],
    ['another month', ofAllowance('period_start', `period_start - interval '1 month'`)],
    ['the end of a quota', ofAllowance('quota_units', '1020')],
    ['the end of a budget', ofAllowance('budget_micro_usd', '1040')],
    ['all places taken', ofAllowance('concurrency_max', '1')],
    ['a key that has not been counted', (one) => forget(one)],
    ['too few requests left', (one) => drain(one, 'requests')],
    ['too few units left', (one) => drain(one, 'units')],
    ['more than a minute’s units', ofKey('units_per_minute', '9')],
    ['a hold that has expired', (one) => expire(one)],
    ['a request that is unknown', async () => {}, { keyId: 'unknown' }],
    ['a secret that is wrong', async () => {}, { keyHash: Buffer.alloc(32) }],
  ])('%s', async (_, change, more = {}) => {
    const one = await ways.customer();
    await change(one);
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
    await ofKey('revoked_at', 'now()')(one);
    expect(await ways.shortWay([settled(request, held)])).toEqual(['settled']);
  });

  const allow = ({ workspaceId, keyId }: Customer) =>
    database.pool.query(
      'INSERT INTO key_allowances (workspace_id, key_id, period_start) VALUES ($1, $2, now())',
      [workspaceId, keyId],
    );
  const suspend = ({ workspaceId }: Customer) =>
    database.pool.query(`UPDATE workspaces SET status = 'suspended' WHERE id = $1`, [workspaceId]);
  const forget = ({ workspaceId }: Customer) =>
    database.pool.query(`DELETE FROM rate_buckets WHERE bucket = 'workspace:' || $1`, [workspaceId]);
  const drain = ({ workspaceId }: Customer, what: string) =>
    database.pool.query(
      `UPDATE rate_buckets SET ${what} = 1, refilled_at = now() + interval '1 hour' WHERE bucket = 'workspace:' || $1`,
      [workspaceId],
    );
  const expire = async (one: Customer) => {
    await ways.shortWay(toWaiting(asks(one, 1)));
    await database.pool.query(
      `UPDATE holds SET expires_at = now() - interval '1 s' WHERE workspace_id = $1`,
      [one.workspaceId],
    );
  };
});
