import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey } from '#server/domain/api-keys/key-format.ts';
import { latencyBuckets } from '#server/domain/usage/latency-histogram.ts';
import type { AdmitRequest, Settlement } from '#server/domain/usage/metering.ts';
import { latencyBoundsMs } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type ApiKeyOptions, createApiKey, type WorkspaceOptions } from '#server/testing/factories.ts';
import {
  admitRequest,
  type Customer,
  createCustomer,
  settlementOf,
} from '#server/testing/metering-requests.ts';
import { admitMany } from './admit-many.ts';
import { settleMany } from './settle-many.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const customer = (options?: WorkspaceOptions, keyOptions?: Partial<ApiKeyOptions>) =>
  createCustomer(database.prisma, options, keyOptions);

const admit = (requests: readonly AdmitRequest[], holdMs = 60_000) =>
  admitMany({ pool: database.pool, holdMs, timeoutMs: 5_000 }, requests);
const settle = (rows: readonly Settlement[]) => settleMany({ pool: database.pool, timeoutMs: 5_000 }, rows);
const verdicts = async (requests: readonly AdmitRequest[]) =>
  (await admit(requests)).map((admission) => admission.verdict);
const allowanceOf = ({ workspaceId }: Customer) =>
  database.prisma.allowance.findUniqueOrThrow({ where: { workspaceId } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('admit: the key', () => {
  it('gives each of a group its own verdict, in order', async () => {
    const fine = await customer();
    const revoked = await customer({}, { revokedAt: new Date() });
    const expired = await customer({}, { expiresAt: new Date(Date.now() - 1) });
    const suspended = await customer({ status: 'suspended' });
    const narrow = await customer({}, { scopes: ['models:read'] });
    const forged = { ...fine, keyHash: Buffer.alloc(32) };
    const unknown = { ...fine, keyId: 'unknown00000' };
    const group = [unknown, fine, revoked, expired, forged, suspended, narrow, fine].map((one) =>
      admitRequest(one),
    );
    expect(await verdicts(group)).toEqual([
      'unknown',
      'valid',
      'revoked',
      'expired',
      'unknown',
      'suspended',
      'scope_missing',
      'valid',
    ]);
    expect(await allowanceOf(fine)).toMatchObject({ heldUnits: 2n, heldMicroUsd: 2n, heldRequests: 2 });
  });

  it('answers a forged secret without waiting for the lock of the workspace whose id it names', async () => {
    const victim = await customer();
    const locker = await database.pool.connect();
    try {
      await locker.query('BEGIN');
      await locker.query('SELECT 1 FROM allowances WHERE workspace_id = $1 FOR UPDATE', [victim.workspaceId]);
      expect(await verdicts([admitRequest({ ...victim, keyHash: Buffer.alloc(32) })])).toEqual(['unknown']);
    } finally {
      await locker.query('ROLLBACK');
      locker.release();
    }
  });
});

describe('admit: rates', () => {
  it('counts requests, tells what is left, and when to come back', async () => {
    const one = await customer({}, { requestsPerMinute: 2 });
    const [first, second, third] = await admit([admitRequest(one), admitRequest(one), admitRequest(one)]);
    expect(first?.windows?.requests).toMatchObject({ limit: 2, remaining: 1 });
    expect(second?.windows?.requests).toMatchObject({ remaining: 0, resetMs: 60_000 });
    expect(third).toMatchObject({ verdict: 'rate_limited' });
    if (third?.verdict !== 'rate_limited') throw new Error('admitted');
    expect(third.retryAfterMs).toBeGreaterThan(29_000);
    expect(third.retryAfterMs).toBeLessThanOrEqual(30_000);
  });

  it('refills evenly', async () => {
    const one = await customer({}, { requestsPerMinute: 600 });
    await admit(Array.from({ length: 250 }, () => admitRequest(one)));
    expect(
      await verdicts(Array.from({ length: 250 }, () => admitRequest(one, { scope: 'models:read' }))),
    ).toContain('valid');
    await database.pool.query(
      `UPDATE rate_buckets SET requests = 0, refilled_at = clock_timestamp() - interval '250 ms'
      WHERE bucket = $1`,
      [one.keyId],
    );
    const given = await verdicts([
      admitRequest(one),
      admitRequest(one),
      admitRequest(one),
      admitRequest(one),
      admitRequest(one),
    ]);
    expect(given.slice(0, 2)).toEqual(['valid', 'valid']);
  });

  it('holds a key and its workspace each to their own limit', async () => {
    const one = await customer({ requestsPerMinute: 3 }, { requestsPerMinute: 2 });
    const other = { ...one, ...(await keyOf(one.workspaceId)) };
    expect(await verdicts([admitRequest(one), admitRequest(one), admitRequest(one)])).toEqual([
      'valid',
      'valid',
      'rate_limited',
    ]);
    expect(await verdicts([admitRequest(other), admitRequest(other)])).toEqual(['valid', 'rate_limited']);
  });

  it('shares a bucket among the keys that name it', async () => {
    const one = await customer({}, { rateBucket: 'visitor:1', requestsPerMinute: 1 });
    const other = {
      ...one,
      ...(await keyOf(one.workspaceId, { rateBucket: 'visitor:1', requestsPerMinute: 1 })),
    };
    // Which of two that ask in the same moment is first is nobody's promise.
    const given = await verdicts([admitRequest(one), admitRequest(other)]);
    expect(given.toSorted()).toEqual(['rate_limited', 'valid']);
  });

  it('charges units at their most and gives back what was not used', async () => {
    const one = await customer({ unitsPerMinute: 100 }, { unitsPerMinute: 100 });
    const request = admitRequest(one, { unitsMax: 90, microUsdMax: 90 });
    const [admission] = await admit([request]);
    expect(admission?.windows?.units).toMatchObject({ limit: 100, remaining: 10 });
    expect(await verdicts([admitRequest(one, { unitsMax: 50 })])).toEqual(['rate_limited']);
    await settle([settlementOf(request, 5)]);
    const [after] = await admit([admitRequest(one, { unitsMax: 50 })]);
    expect(after?.verdict).toBe('valid');
    expect(after?.windows?.units.remaining).toBeGreaterThanOrEqual(45);
  });

  it('lets a request that is greater than a whole minute through when the bucket is full', async () => {
    const one = await customer({ unitsPerMinute: 10 }, { unitsPerMinute: 10 });
    const great = admitRequest(one, { unitsMax: 25, microUsdMax: 25 });
    expect(await verdicts([great, admitRequest(one, { unitsMax: 25 })])).toEqual(['valid', 'rate_limited']);
    await settle([settlementOf(great, 25)]);
    // It was charged 10 and cost 25: nothing comes back.
    expect(await verdicts([admitRequest(one, { unitsMax: 10 })])).toEqual(['rate_limited']);
  });

  it('checks and counts a request that costs nothing, and holds nothing', async () => {
    const one = await customer({ quotaUnits: 0, concurrencyMax: 0, requestsPerMinute: 1 });
    const free = { scope: 'models:read', unitsMin: 0, unitsMax: 0, microUsdMax: 0 } as const;
    expect(await verdicts([admitRequest(one, free), admitRequest(one, free)])).toEqual([
      'valid',
      'rate_limited',
    ]);
    expect(await database.prisma.hold.count({ where: { workspaceId: one.workspaceId } })).toBe(0);
    expect(await allowanceOf(one)).toMatchObject({ heldRequests: 0 });
  });
});

describe('admit: quota, budget, concurrency', () => {
  it('admits exactly what the quota covers; the rest waits for the holds, then is refused', async () => {
    const one = await customer({ quotaUnits: 3 });
    const requests = Array.from({ length: 5 }, () => admitRequest(one));
    expect(await verdicts(requests)).toEqual(['valid', 'valid', 'valid', 'quota_held', 'quota_held']);
    await settle(requests.slice(0, 3).map((request) => settlementOf(request, 1)));
    expect(await verdicts([admitRequest(one, { counted: true })])).toEqual(['quota_exceeded']);
  });

  it('gives back an over-estimate, so the last unit can be spent', async () => {
    const one = await customer({ quotaUnits: 10 });
    const wide = admitRequest(one, { unitsMax: 100, microUsdMax: 100 });
    expect(await verdicts([wide, admitRequest(one)])).toEqual(['valid', 'quota_held']);
    expect(await allowanceOf(one)).toMatchObject({ heldUnits: 10n });
    expect(await settle([settlementOf(wide, 9)])).toEqual(['settled']);
    expect(await verdicts([admitRequest(one, { counted: true })])).toEqual(['valid']);
  });

  it('does not bill what cost more than the rest that was held', async () => {
    const one = await customer({ quotaUnits: 10 });
    const wide = admitRequest(one, { unitsMax: 100, microUsdMax: 100 });
    await admit([wide]);
    expect(await settle([settlementOf(wide, 11)])).toEqual(['over_hold']);
    expect(await allowanceOf(one)).toMatchObject({ heldUnits: 0n, heldRequests: 0, spentUnits: 0n });
    expect(await database.prisma.usageRecord.count({ where: { workspaceId: one.workspaceId } })).toBe(0);
  });

  it('stops at the budget', async () => {
    const one = await customer({ budgetMicroUsd: 5 });
    const first = admitRequest(one, { microUsdMax: 5 });
    expect(await verdicts([first, admitRequest(one)])).toEqual(['valid', 'quota_held']);
    await settle([settlementOf(first, 1, { priceMicroUsd: 5 })]);
    expect(await verdicts([admitRequest(one)])).toEqual(['budget_exceeded']);
  });

  it('bounds the requests in flight', async () => {
    const one = await customer({ concurrencyMax: 2 });
    const requests = [admitRequest(one), admitRequest(one), admitRequest(one)];
    expect(await verdicts(requests)).toEqual(['valid', 'valid', 'concurrency_limited']);
    await settle(requests.slice(0, 1).map((request) => settlementOf(request, 1)));
    expect(await verdicts([admitRequest(one)])).toEqual(['valid']);
  });

  it('starts the new month with nothing spent', async () => {
    const one = await customer({ quotaUnits: 10, spentUnits: 10 });
    expect(await verdicts([admitRequest(one)])).toEqual(['quota_exceeded']);
    await database.prisma.allowance.update({
      where: { workspaceId: one.workspaceId },
      data: { periodStart: new Date('2026-01-01T00:00:00Z'), spentMicroUsd: 10n },
    });
    const request = admitRequest(one, { unitsMax: 4, microUsdMax: 4 });
    expect(await verdicts([request])).toEqual(['valid']);
    await settle([settlementOf(request, 4)]);
    const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth()));
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 4n, spentMicroUsd: 4n, periodStart: month });
  });
});

describe('settle', () => {
  it('is safe to repeat', async () => {
    const one = await customer();
    const request = admitRequest(one, { unitsMax: 5, microUsdMax: 5 });
    await admit([request]);
    expect(await settle([settlementOf(request, 4)])).toEqual(['settled']);
    expect(await settle([settlementOf(request, 4)])).toEqual(['settled']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 4n, heldUnits: 0n, heldRequests: 0 });
    expect(await database.prisma.usageRecord.count({ where: { workspaceId: one.workspaceId } })).toBe(1);
  });

  it('does not bill without a hold, nor with one that another has taken over', async () => {
    const one = await customer();
    const request = admitRequest(one);
    await admit([request]);
    expect(
      await settle([settlementOf({ requestId: newRequestId() }, 1), settlementOf(request, 1, { epoch: 7 })]),
    ).toEqual(['no_hold', 'no_hold']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 0n, heldUnits: 1n });
  });

  it('does not bill what comes after its hold was given back', async () => {
    const one = await customer({ quotaUnits: 1 });
    const late = admitRequest(one);
    await admit([late], 1);
    await pause(10);
    // The next admission of the workspace gives expired holds back by itself.
    const next = admitRequest(one);
    expect(await verdicts([next])).toEqual(['valid']);
    expect(await settle([settlementOf(late, 1), settlementOf(next, 1)])).toEqual(['no_hold', 'settled']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 1n, heldUnits: 0n, heldRequests: 0 });
  });

  it('adds each row to the roll-up of its hour, key and status', async () => {
    const one = await customer();
    const requests = [admitRequest(one), admitRequest(one), admitRequest(one)];
    await admit(requests);
    await settle(
      requests.map(({ requestId }, i) =>
        settlementOf({ requestId }, i === 2 ? 0 : 1, { statusClass: i === 2 ? 5 : 2 }),
      ),
    );
    const hours = await database.prisma.usageHour.findMany({
      where: { workspaceId: one.workspaceId },
      orderBy: { statusClass: 'asc' },
    });
    expect(hours).toMatchObject([
      { statusClass: 2, requests: 2n, inputUnits: 2n, priceMicroUsd: 2n, keyId: one.keyId },
      { statusClass: 5, requests: 1n, inputUnits: 0n, priceMicroUsd: 0n },
    ]);
  });

  it('has the latency bounds of the domain', async () => {
    const edges = latencyBoundsMs.flatMap((bound) => [bound, bound + 1]);
    const expected = Array.from({ length: latencyBuckets }, () => 0n);
    const one = await customer();
    const requests = edges.map(() => admitRequest(one));
    await admit(requests);
    await settle(
      requests.map(({ requestId }, i) => settlementOf({ requestId }, 1, { latencyMs: edges[i] ?? 0 })),
    );
    for (const ms of edges) {
      const bucket = latencyBoundsMs.findIndex((bound) => ms <= bound);
      const at = bucket < 0 ? latencyBuckets - 1 : bucket;
      expected[at] = (expected[at] ?? 0n) + 1n;
    }
    const again = admitRequest(one);
    await admit([again]);
    await settle([settlementOf(again, 1, { latencyMs: 0 })]);
    expected[0] = (expected[0] ?? 0n) + 1n;
    const hour = await database.prisma.usageHour.findFirstOrThrow({
      where: { workspaceId: one.workspaceId },
    });
    expect(hour.latencyCounts).toEqual(expected);
  });

  it('keeps the ledger append-only', async () => {
    await expect(database.pool.query('DELETE FROM usage_records')).rejects.toThrow('append-only');
    await expect(database.pool.query('UPDATE usage_records SET price_micro_usd = 0')).rejects.toThrow(
      'append-only',
    );
  });
});

async function keyOf(workspaceId: string, options: Partial<ApiKeyOptions> = {}) {
  const key = await createApiKey(database.prisma, { ...options, workspaceId });
  return { keyId: key.id, keyHash: hashApiKey(key.key) };
}
