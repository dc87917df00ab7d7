import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Admission, AdmitRequest, Settlement } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { settlementOf } from '#server/testing/metering-requests.ts';
import { asks, bothWays, settled, toWaiting } from '#server/testing/metering-ways.ts';
import { admitMany } from './admit-many.ts';
import { asCallOfOneKey } from './call-of-one-key.ts';
import type { oneByOne } from './questions.ts';
import type { Outcome, Waiting } from './settle-and-admit.ts';

let database: TestDatabase;
let ways: ReturnType<typeof bothWays>;
beforeAll(async () => {
  database = await createTestDatabase();
  ways = bothWays(database);
});
afterAll(() => database.drop());

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
      { of: await ways.customer(slowly, slowly), way: ways.shortWay },
      { of: await ways.customer(slowly, slowly), way: ways.longWay },
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
    expect(await ways.stateOf(short.of)).toEqual(await ways.stateOf(long.of));
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
    const buckets = [await ways.bucketsOf(short.of), await ways.bucketsOf(long.of)];
    buckets[0]?.forEach(({ requests, units }, i) => {
      expect(Math.abs(requests - (buckets[1]?.[i]?.requests ?? 0))).toBeLessThan(30);
      expect(Math.abs(units - (buckets[1]?.[i]?.units ?? 0))).toBeLessThan(3_000);
    });
  });

  it('takes from the buckets of key and workspace, and gives back what was not used', async () => {
    const one = await ways.customer();
    // Nothing trickles in: they were filled in an hour from now.
    const fill = (requests: number, units: number) =>
      database.pool.query(
        `UPDATE rate_buckets SET requests = $1, units = $2, refilled_at = now() + interval '1 hour'`,
        [requests, units],
      );
    await fill(100, 1000);
    const requests = asks(one, 3);
    const held = await ways.shortWay(toWaiting(requests));
    expect(await ways.bucketsOf(one)).toEqual([
      { requests: 97, units: 970 },
      { requests: 97, units: 970 },
    ]);
    await fill(97, 970);
    await ways.shortWay(requests.map((request, i) => settled(request, held?.[i], { outputUnits: 0 })));
    expect(await ways.bucketsOf(one)).toEqual([
      { requests: 97, units: 988 },
      { requests: 97, units: 988 },
    ]);
  });

  it('keeps the books where gateways go from it to the long way at the end of a quota', async () => {
    const quotaUnits = 2_001;
    const one = await ways.customer({ quotaUnits });
    const went = { short: 0, long: 0 };
    // Three gateways, each of which asks for a group while it settles the one before.
    async function gateway(seed: number): Promise<number> {
      let [settledUnits, before] = [0, [] as Waiting[]];
      for (let round = 0; ; round++) {
        const requests = asks(one, 1 + ((round + seed) % 7), { unitsMax: 1 + (round % 3), microUsdMax: 0 });
        const waiting = [...before, ...toWaiting(requests)];
        const short = await ways.shortWay(waiting);
        went[short ? 'short' : 'long']++;
        const outcomes = short ?? (await ways.longWay(waiting));
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
      const admissions = await admitMany(ways.call, requests);
      return requests.flatMap((request, i) =>
        admissions[i]?.verdict === 'valid'
          ? [settled(request, admissions[i], { inputUnits: 1, outputUnits: 0, priceMicroUsd: 0 })]
          : [],
      );
    }
    const units = await Promise.all([gateway(0), gateway(3), gateway(5)]);
    expect(went.short).toBeGreaterThan(50);
    expect(went.long).toBeGreaterThan(50);
    // The first call of the customer cost one.
    const { allowance, holds, hours, records } = await ways.stateOf(one);
    expect(units.reduce((sum, count) => sum + count, 1)).toBe(quotaUnits);
    expect(holds).toEqual([]);
    expect(allowance).toMatchObject([{ spent_units: `${quotaUnits}`, held_units: '0', held_requests: 0 }]);
    expect(records).toHaveLength(quotaUnits);
    expect(hours.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(quotaUnits);
  });

  it('is of one key and of one kind', async () => {
    const [one, other] = [await ways.customer(), await ways.customer()];
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
      { share: { holdId: newRequestId(), units: 1, microUsd: 0 } },
      { keyId: other.keyId },
    ] as Partial<Settlement>[]) {
      not([{ settlement }, { settlement: { ...settlementOf(requests[1] as AdmitRequest, 1), ...more } }]);
    }
    not([]);
    expect(asCallOfOneKey([{ settlement }, ...toWaiting(requests)])).toMatchObject({ keyId: one.keyId });
  });
});
