import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Admission, AdmitRequest, Settlement } from '#server/domain/usage/metering.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type ApiKeyOptions, type WorkspaceOptions } from '#server/testing/factories.ts';
import {
  admitRequest,
  type Customer,
  createCustomer,
  settlementOf,
} from '#server/testing/metering-requests.ts';
import { oneByOne } from './questions.ts';
import { createLongWay, settleAndAdmit, type Waiting } from './settle-and-admit.ts';
import { settleMany } from './settle-many.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const quotaUnits = 100_000;

const customer = (options: WorkspaceOptions = {}, keyOptions: Partial<ApiKeyOptions> = {}) =>
  createCustomer(database.prisma, { quotaUnits, ...options }, keyOptions);

const asks = (of: Customer, count: number, more: Partial<AdmitRequest> = {}) =>
  Array.from({ length: count }, () => admitRequest(of, { unitsMax: 10, microUsdMax: 10, ...more }));
const call = (waiting: readonly Waiting[], holdMs = 60_000) =>
  settleAndAdmit({ pool: database.pool, holdMs, timeoutMs: 5_000 }, waiting, createLongWay());
const admit = async (requests: readonly AdmitRequest[], holdMs?: number) =>
  (await call(
    requests.map((request) => ({ request })),
    holdMs,
  )) as readonly (Admission | typeof oneByOne)[];

function cost(request: AdmitRequest, admission: unknown, units: number): Settlement {
  const { epoch, share } = admission as Extract<Admission, { verdict: 'valid' }>;
  return settlementOf(request, units, { epoch, share });
}
const allowanceOf = ({ workspaceId }: Customer) =>
  database.prisma.allowance.findUniqueOrThrow({ where: { workspaceId } });
const holdsOf = ({ workspaceId }: Customer) => database.prisma.hold.findMany({ where: { workspaceId } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('requests of a key that wait together', () => {
  it('share a hold, of which each takes its part', async () => {
    const one = await customer();
    const requests = asks(one, 3);
    const admissions = await admit(requests);
    expect(await holdsOf(one)).toMatchObject([{ requests: 3, units: 30n, microUsd: 30n }]);
    expect(await allowanceOf(one)).toMatchObject({ heldUnits: 30n, heldRequests: 3 });

    const [first, second, third] = requests.map((request, i) => cost(request, admissions[i], 4 + i));
    if (!first || !second || !third) throw new Error('not three');
    expect(await call([{ settlement: second }])).toEqual(['settled']);
    expect(await holdsOf(one)).toMatchObject([{ requests: 2, units: 20n, microUsd: 20n }]);
    expect(await call([{ settlement: third }, { settlement: first }])).toEqual(['settled', 'settled']);
    expect(await holdsOf(one)).toEqual([]);
    expect(await allowanceOf(one)).toMatchObject({
      spentUnits: 15n,
      spentMicroUsd: 15n,
      heldUnits: 0n,
      heldMicroUsd: 0n,
      heldRequests: 0,
    });
  });

  it('get the verdict of their own key', async () => {
    const fine = await customer();
    const revoked = await customer({}, { revokedAt: new Date() });
    const forged = { ...fine, keyHash: Buffer.alloc(32) };
    const waiting = [fine, revoked, forged, fine, revoked, forged].flatMap((who) => asks(who, 1));
    const verdicts = (await admit(waiting)).map((answer) => answer !== oneByOne && answer.verdict);
    expect(verdicts).toEqual(['valid', 'revoked', 'unknown', 'valid', 'revoked', 'unknown']);
    expect(await allowanceOf(fine)).toMatchObject({ heldRequests: 2 });
  });

  it('are refused once their key is revoked, while a hold of it is open', async () => {
    const one = await customer();
    const requests = asks(one, 2);
    const admissions = await admit(requests);
    await database.prisma.apiKey.update({ where: { id: one.keyId }, data: { revokedAt: new Date() } });
    const [settled, ...refused] = await call([
      { settlement: cost(requests[0] as AdmitRequest, admissions[0], 1) },
      ...asks(one, 2).map((request) => ({ request })),
    ]);
    expect(settled).toBe('settled');
    expect(refused).toMatchObject([{ verdict: 'revoked' }, { verdict: 'revoked' }]);
  });

  it('count against the windows of the key and of the workspace each', async () => {
    const one = await customer({ requestsPerMinute: 100 }, { requestsPerMinute: 10 });
    const answers = await admit(asks(one, 4));
    expect(answers).toMatchObject(
      answers.map(() => ({ windows: { requests: { limit: 10, remaining: 6 } } })),
    );
    const { rows } = await database.pool.query<{ requests: number }>(
      'SELECT requests FROM rate_buckets WHERE bucket = $1',
      [`workspace:${one.workspaceId}`],
    );
    expect(rows[0]?.requests).toBe(96);
  });
});

describe('where not all of them may fit', () => {
  it.each([
    ['quota', { quotaUnits: 1_020 }, {}],
    ['budget', { budgetMicroUsd: 1_020 }, {}],
    ['concurrency', { concurrencyMax: 2 }, {}],
    ["the workspace's requests", { requestsPerMinute: 2 }, {}],
    ["the key's requests", {}, { requestsPerMinute: 2 }],
    ["the workspace's units", { unitsPerMinute: 29 }, {}],
    ["the key's units", {}, { unitsPerMinute: 29 }],
  ])('%s: each is asked for by itself, and nothing is held or counted', async (_name, workspace, key) => {
    const one = await customer(workspace, key);
    expect(await admit(asks(one, 3))).toEqual([oneByOne, oneByOne, oneByOne]);
    expect(await allowanceOf(one)).toMatchObject({ heldUnits: 0n, heldMicroUsd: 0n, heldRequests: 0 });
    expect(await holdsOf(one)).toEqual([]);
    expect(await admit(asks(one, 1))).toMatchObject([{ verdict: 'valid' }]);
  });
});

describe('a settlement of a shared hold', () => {
  it('counts once however often it is repeated', async () => {
    const one = await customer();
    const requests = asks(one, 2);
    const admissions = await admit(requests);
    const settlements = requests.map((request, i) => cost(request, admissions[i], 3)).slice(0, 1);
    for (let i = 0; i < 3; i++)
      expect(await settleMany({ pool: database.pool, timeoutMs: 5_000 }, settlements)).toEqual(['settled']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 3n, heldUnits: 10n, heldRequests: 1 });
    expect(await database.prisma.usageRecord.count({ where: { workspaceId: one.workspaceId } })).toBe(1);
  });

  it('is refused, and bills nothing, once the hold has expired and its rest was given back', async () => {
    const one = await customer();
    const requests = asks(one, 2);
    const admissions = await admit(requests, 1);
    const [first, second] = requests.map((request, i) => cost(request, admissions[i], 3));
    if (!first || !second) throw new Error('not two');
    expect(await call([{ settlement: first }])).toEqual(['settled']);
    await pause(10);
    await database.pool.query('SELECT reap_expired_holds()');
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 3n, heldUnits: 0n, heldRequests: 0 });
    expect(await call([{ settlement: second }])).toEqual(['no_hold']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 3n, heldUnits: 0n, heldRequests: 0 });
  });

  it('does not take more than its part', async () => {
    const one = await customer();
    const requests = asks(one, 2);
    const admissions = await admit(requests);
    const outcomes = await call(
      requests.map((request, i) => ({ settlement: cost(request, admissions[i], 9 + 2 * i) })),
    );
    expect(outcomes).toEqual(['settled', 'over_hold']);
    // It stays held until it expires, as if the request had never been answered.
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 9n, heldUnits: 10n, heldRequests: 1 });
  });

  it('makes room for what is admitted in the same call', async () => {
    const one = await customer({ concurrencyMax: 3 });
    const requests = asks(one, 3);
    const admissions = await admit(requests);
    const answers = await call([
      ...asks(one, 3).map((request) => ({ request })),
      ...requests.map((request, i) => ({ settlement: cost(request, admissions[i], 1) })),
    ]);
    expect(answers.slice(0, 3)).toMatchObject([
      { verdict: 'valid' },
      { verdict: 'valid' },
      { verdict: 'valid' },
    ]);
    expect(answers.slice(3)).toEqual(['settled', 'settled', 'settled']);
  });
});
