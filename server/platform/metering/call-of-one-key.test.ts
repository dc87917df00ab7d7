import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Admission, AdmitRequest, Settlement } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import type { ApiKeyOptions, WorkspaceOptions } from '#server/testing/factories.ts';
import {
  admitRequest,
  type Customer,
  createCustomer,
  settlementOf,
} from '#server/testing/metering-requests.ts';
import { admitMany } from './admit-many.ts';
import { asCallOfOneKey, callOfOneKey } from './call-of-one-key.ts';
import type { oneByOne } from './questions.ts';
import { type Outcome, settleAndAdmitAll, type Waiting } from './settle-and-admit.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const roomy = { quotaUnits: 1_000_000, budgetMicroUsd: 1_000_000 };
const call = (holdMs = 60_000) => ({ pool: database.pool, holdMs, timeoutMs: 5_000 });
const longWay = (waiting: readonly Waiting[]) => settleAndAdmitAll(call(), waiting);
async function shortWay(waiting: readonly Waiting[]) {
  const ofOneKey = asCallOfOneKey(waiting);
  return ofOneKey && callOfOneKey(call(), ofOneKey, waiting);
}

/** One whose rate buckets are there, as they are after its first call. */
async function customer(options: WorkspaceOptions = {}, keyOptions: Partial<ApiKeyOptions> = {}) {
  const one = await createCustomer(database.prisma, { ...roomy, ...options }, keyOptions);
  const first = admitRequest(one);
  await longWay([{ request: first }]);
  await longWay([{ settlement: settlementOf(first, 1) }]);
  return one;
}

const asks = (of: Customer, count: number, more: Partial<AdmitRequest> = {}) =>
  Array.from({ length: count }, () => admitRequest(of, { unitsMax: 10, microUsdMax: 20, ...more }));
const toWaiting = (requests: readonly AdmitRequest[]): Waiting[] => requests.map((request) => ({ request }));

function settled(
  request: AdmitRequest,
  outcome: Outcome | undefined,
  more: Partial<Settlement> = {},
): Waiting {
  const { epoch, share } = outcome as Extract<Admission, { verdict: 'valid' }>;
  return {
    settlement: settlementOf(request, 4, { epoch, share, priceMicroUsd: 7, outputUnits: 2, ...more }),
  };
}

/** All that a call may change of a workspace, without ids, times and what trickles into buckets. */
async function stateOf({ workspaceId, keyId }: Customer) {
  const query = async (text: string, values: unknown[]) => (await database.pool.query(text, values)).rows;
  return {
    allowance: await query(
      'SELECT spent_units, spent_micro_usd, held_units, held_micro_usd, held_requests FROM allowances WHERE workspace_id = $1',
      [workspaceId],
    ),
    holds: await query(
      `SELECT requests, units, micro_usd, epoch, round(extract(epoch FROM expires_at - now()) / 10) AS tens FROM holds
       WHERE workspace_id = $1 ORDER BY requests, units`,
      [workspaceId],
    ),
    hours: await query(
      `SELECT model_version, task, status_class, requests, input_units, output_units, price_micro_usd, latency_counts,
         hour = date_trunc('hour', hour, 'UTC') AS is_hour, key_id = $2 AS is_key
       FROM usage_hours WHERE workspace_id = $1 ORDER BY 1, 2, 3`,
      [workspaceId, keyId],
    ),
    records: await query(
      `SELECT task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms
       FROM usage_records WHERE workspace_id = $1 ORDER BY latency_ms, input_units, price_micro_usd`,
      [workspaceId],
    ),
  };
}

async function bucketsOf({ workspaceId, keyId }: Customer) {
  const { rows } = await database.pool.query<{ requests: number; units: number }>(
    `SELECT requests, units FROM rate_buckets
     WHERE bucket IN ('workspace:' || $1, (SELECT rate_bucket FROM api_keys WHERE id = $2)) ORDER BY bucket LIKE 'workspace:%'`,
    [workspaceId, keyId],
  );
  return rows;
}

const windowsOf = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap((outcome) => (typeof outcome === 'object' && outcome.windows ? [outcome.windows] : []));

function plain(outcomes: readonly (Admission | typeof oneByOne | string)[]) {
  return outcomes.map((outcome) =>
    typeof outcome === 'object'
      ? { verdict: outcome.verdict, share: 'share' in outcome ? { ...outcome.share, holdId: '' } : undefined }
      : outcome,
  );
}

describe('the short way', () => {
  it('answers, and leaves everything, as the long way does', async () => {
    // Limits that trickle slowly: what comes in while the test runs is less than one.
    const slowly = { requestsPerMinute: 900, unitsPerMinute: 90_000 };
    const twins = [
      { of: await customer(slowly, slowly), way: shortWay },
      { of: await customer(slowly, slowly), way: longWay },
    ] as const;
    const told: unknown[][] = [];
    for (const { of, way } of twins) {
      const outcomes: Outcome[] = [];
      const ask = async (waiting: readonly Waiting[]) => {
        const answered = await way(waiting);
        if (!answered) throw new Error('It was not decided over.');
        outcomes.push(...answered);
        return answered;
      };
      const alone = asks(of, 1);
      const [aloneHeld] = await ask(toWaiting(alone));
      const group = asks(of, 5);
      const held = await ask(toWaiting(group));
      // Three of five, then the rest of them and the one alone while others ask.
      await ask([0, 2, 4].map((i) => settled(group[i] as AdmitRequest, held[i], { latencyMs: 700 * i })));
      const later = asks(of, 2, { unitsMax: 300 });
      const both = [
        settled(group[1] as AdmitRequest, held[1], { latencyMs: 31_000 }),
        ...toWaiting(later),
        settled(group[3] as AdmitRequest, held[3], { latencyMs: 6 }),
        settled(alone[0] as AdmitRequest, aloneHeld, { latencyMs: 6 }),
      ];
      const mixed = await ask(both);
      const failed = { statusClass: 5, inputUnits: 0, outputUnits: 0, priceMicroUsd: 0 } as const;
      await ask([settled(later[0] as AdmitRequest, mixed[1], failed)]);
      told.push(plain(outcomes), windowsOf(outcomes));
    }
    const [short, long] = twins;
    expect(told[0]).toEqual(told[2]);
    expect(await stateOf(short.of)).toEqual(await stateOf(long.of));
    const [shortWindows, longWindows] = [told[1], told[3]] as ReturnType<typeof windowsOf>[];
    expect(shortWindows).toHaveLength(8);
    shortWindows?.forEach((windows, i) => {
      for (const kind of ['requests', 'units'] as const) {
        const [one, other] = [windows[kind], longWindows?.[i]?.[kind]];
        const atOnce = slowly[kind === 'requests' ? 'requestsPerMinute' : 'unitsPerMinute'];
        expect(one.limit).toBe(other?.limit);
        // What trickles in during two seconds.
        expect(Math.abs(one.remaining - (other?.remaining ?? 0))).toBeLessThanOrEqual(atOnce / 30);
        expect(one.resetMs).toBe(Math.ceil(((one.limit - one.remaining) * 60_000) / one.limit));
      }
    });
    const buckets = [await bucketsOf(short.of), await bucketsOf(long.of)];
    buckets[0]?.forEach(({ requests, units }, i) => {
      expect(Math.abs(requests - (buckets[1]?.[i]?.requests ?? 0))).toBeLessThan(30);
      expect(Math.abs(units - (buckets[1]?.[i]?.units ?? 0))).toBeLessThan(3_000);
    });
  });

  it('takes from the buckets of key and workspace, and gives back what was not used', async () => {
    const one = await customer();
    // Nothing trickles in: they were filled in an hour from now.
    const fill = (requests: number, units: number) =>
      database.pool.query(
        `UPDATE rate_buckets SET requests = $1, units = $2, refilled_at = now() + interval '1 hour'`,
        [requests, units],
      );
    await fill(100, 1000);
    const requests = asks(one, 3);
    const held = await shortWay(toWaiting(requests));
    expect(await bucketsOf(one)).toEqual([
      { requests: 97, units: 970 },
      { requests: 97, units: 970 },
    ]);
    await fill(97, 970);
    await shortWay(requests.map((request, i) => settled(request, held?.[i], { outputUnits: 0 })));
    expect(await bucketsOf(one)).toEqual([
      { requests: 97, units: 988 },
      { requests: 97, units: 988 },
    ]);
  });

  it('keeps the books where gateways go from it to the long way at the end of a quota', async () => {
    const quotaUnits = 2_001;
    const one = await customer({ quotaUnits });
    const ways = { short: 0, long: 0 };
    // Three gateways, each of which asks for a group while it settles the one before.
    async function gateway(seed: number): Promise<number> {
      let [settledUnits, before] = [0, [] as Waiting[]];
      for (let round = 0; ; round++) {
        const requests = asks(one, 1 + ((round + seed) % 7), { unitsMax: 1 + (round % 3), microUsdMax: 0 });
        const waiting = [...before, ...toWaiting(requests)];
        const short = await shortWay(waiting);
        ways[short ? 'short' : 'long']++;
        const outcomes = short ?? (await longWay(waiting));
        settledUnits += before.filter((_, i) => outcomes[i] === 'settled').length;
        const answers = outcomes.slice(before.length);
        if (answers.some((answer) => typeof answer === 'object' && answer.verdict === 'quota_exceeded')) {
          return settledUnits;
        }
        before = requests.flatMap((request, i) =>
          typeof answers[i] === 'object' && answers[i].verdict === 'valid'
            ? [settled(request, answers[i], { inputUnits: 1, outputUnits: 0, priceMicroUsd: 0 })]
            : [],
        );
        if (before.length === 0) before = await oneByOneOf(requests);
      }
    }
    async function oneByOneOf(requests: readonly AdmitRequest[]): Promise<Waiting[]> {
      const admissions = await admitMany(call(), requests);
      return requests.flatMap((request, i) =>
        admissions[i]?.verdict === 'valid'
          ? [settled(request, admissions[i], { inputUnits: 1, outputUnits: 0, priceMicroUsd: 0 })]
          : [],
      );
    }
    const units = await Promise.all([gateway(0), gateway(3), gateway(5)]);
    expect(ways.short).toBeGreaterThan(50);
    expect(ways.long).toBeGreaterThan(50);
    // The first call of the customer cost one.
    const { allowance, holds, hours, records } = await stateOf(one);
    expect(units.reduce((sum, count) => sum + count, 1)).toBe(quotaUnits);
    expect(holds).toEqual([]);
    expect(allowance).toMatchObject([{ spent_units: `${quotaUnits}`, held_units: '0', held_requests: 0 }]);
    expect(records).toHaveLength(quotaUnits);
    expect(hours.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(quotaUnits);
  });

  it('is of one key and of one kind', async () => {
    const [one, other] = [await customer(), await customer()];
    const requests = asks(one, 2);
    const settlement = settlementOf(requests[0] as AdmitRequest, 1);
    const not = (waiting: readonly Waiting[]) => expect(asCallOfOneKey(waiting)).toBeNull();
    not([...toWaiting(requests), ...toWaiting(asks(other, 1))]);
    not([...toWaiting(asks(other, 1)), { settlement }]);
    not(toWaiting([...requests, ...asks(one, 1, { scope: 'images' })]));
    not(toWaiting(asks(one, 1, { counted: true })));
    not(toWaiting(asks(one, 1, { unitsMin: 0, unitsMax: 0, microUsdMax: 0 })));
    for (const more of [
      { task: 'images' },
      { modelVersion: 'other' },
      { statusClass: 5 },
      { unit: 'image' },
      { priceVersion: 2 },
      { requestId: `${'0'.repeat(8)}${newRequestId().slice(8)}` },
      { share: { holdId: newRequestId(), units: 1, microUsd: 0 } },
      { keyId: other.keyId },
    ] as Partial<Settlement>[]) {
      not([{ settlement }, { settlement: { ...settlementOf(requests[1] as AdmitRequest, 1), ...more } }]);
    }
    not([]);
    expect(asCallOfOneKey([{ settlement }, ...toWaiting(requests)])).toMatchObject({ keyId: one.keyId });
  });
});

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
    const one = await customer();
    await change(one);
    const before = [await stateOf(one), await bucketsOf(one)];
    expect(await shortWay(toWaiting(asks(one, 2, more)))).toBeNull();
    expect([await stateOf(one), await bucketsOf(one)]).toEqual(before);
  });

  it('what is no hold of the key, or costs more than it', async () => {
    const [one, other] = [await customer(), await customer()];
    const [request, foreign] = [...asks(one, 1), ...asks(other, 1)] as [AdmitRequest, AdmitRequest];
    const [held] = (await shortWay(toWaiting([request]))) ?? [];
    await shortWay(toWaiting([foreign]));
    const before = await stateOf(one);
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
      expect(await shortWay([one, ...twice])).toBeNull();
    }
    expect(await stateOf(one)).toEqual(before);
    expect(await shortWay([settled(request, held)])).toEqual(['settled']);
  });

  it('and settles what a key has asked for that was revoked since', async () => {
    const one = await customer();
    const [request] = asks(one, 1) as [AdmitRequest];
    const [held] = (await shortWay(toWaiting([request]))) ?? [];
    await ofKey('revoked_at', 'now()')(one);
    expect(await shortWay([settled(request, held)])).toEqual(['settled']);
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
    await shortWay(toWaiting(asks(one, 1)));
    await database.pool.query(
      `UPDATE holds SET expires_at = now() - interval '1 s' WHERE workspace_id = $1`,
      [one.workspaceId],
    );
  };
});
