import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey } from '#server/domain/api-keys/key-format.ts';
import type { Settlement } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createMetering, type PostgresMetering } from '#server/platform/metering/create-metering.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createApiKey } from '#server/testing/factories.ts';
import { callerFor } from '../root.ts';

describe('usage', () => {
  let plane: ControlPlane;
  let metering: PostgresMetering;
  let person: Person;
  let keys: { id: string; key: string }[];

  beforeAll(async () => {
    plane = await createControlPlane();
    metering = createMetering({ pool: plane.database.pool, holdMs: 60_000 });
    person = await createPerson(plane, { plan: 'scale' });
    const { workspaceId } = person;
    keys = [
      await createApiKey(plane.services.db, { workspaceId, name: 'One' }),
      await createApiKey(plane.services.db, { workspaceId, name: 'Two' }),
    ];
    for (let i = 0; i < 60; i++) {
      await use(keys[i % 3 === 0 ? 1 : 0], {
        units: 10 + i,
        latencyMs: (i * 37) % 900,
        statusClass: i % 10 === 0 ? 5 : 2,
        modelVersion: i % 2 ? 'sentiment-en@1' : 'sentiment-en@2',
      });
    }
  });
  afterAll(() => plane.drop());

  const usage = ({ session }: Person = person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' }).usage;

  interface Use extends Pick<Settlement, 'latencyMs' | 'statusClass' | 'modelVersion'> {
    readonly units: number;
  }
  async function use(key: { id: string; key: string } | undefined, { units, ...rest }: Use): Promise<void> {
    if (!key) throw new Error('No key');
    const requestId = newRequestId();
    const admission = await metering.admit({
      requestId,
      keyId: key.id,
      keyHash: hashApiKey(key.key),
      scope: 'sentiment',
      model: 'sentiment-1',
      address: '192.0.2.1',
      origin: '',
      unitsMin: 1,
      unitsMax: units,
      microUsdMax: units,
      counted: false,
    });
    if (admission.verdict !== 'valid') throw new Error(admission.verdict);
    const billed = rest.statusClass === 2 ? units : 0;
    const outcome = await metering.settle(
      {
        requestId,
        keyId: key.id,
        epoch: admission.epoch,
        task: 'sentiment',
        inputUnits: billed,
        outputUnits: 0,
        unit: 'token',
        priceMicroUsd: billed,
        priceVersion: 1,
        ...rest,
      },
      Date.now() + 5_000,
    );
    if (outcome !== 'settled') throw new Error(outcome);
  }

  const ledger = async (where = 'true') => {
    const { rows } = await plane.database.pool.query<Record<string, string>>(
      `SELECT count(*) requests, count(*) FILTER (WHERE status_class <> 2) failed,
        coalesce(sum(input_units + output_units), 0) units, coalesce(sum(price_micro_usd), 0) "priceMicroUsd"
      FROM usage_records WHERE workspace_id = $1 AND ${where}`,
      [person.workspaceId],
    );
    return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]));
  };

  it.each(['24h', '7d', '30d'] as const)(
    "equals the ledger's sums over %s, in total, by hour and by key",
    async (range) => {
      const overview = await usage().overview({ workspaceId: person.workspaceId, range });
      const sums = await ledger();
      expect(sums).toMatchObject({ requests: 60, failed: 6 });
      expect(overview.totals).toMatchObject(sums);
      const total = (field: 'requests' | 'priceMicroUsd', of: readonly Record<typeof field, number>[]) =>
        of.reduce((sum, item) => sum + item[field], 0);
      for (const part of [overview.series, overview.rows]) {
        expect(total('requests', part)).toBe(sums.requests);
        expect(total('priceMicroUsd', part)).toBe(sums.priceMicroUsd);
      }
      expect(overview.rows).toHaveLength(4);
      for (const { at } of overview.series) {
        expect(at.getTime()).toBeGreaterThanOrEqual(overview.from.getTime());
        expect(at.getTime()).toBeLessThan(overview.to.getTime());
      }
      expect(overview.countedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    },
  );

  it('names each row by its key and model, the dearest first', async () => {
    const { rows } = await usage().overview({ workspaceId: person.workspaceId, range: '24h' });
    for (const row of rows) {
      expect(await ledger(`key_id = '${row.keyId}' AND model_version = '${row.model}'`)).toMatchObject({
        requests: row.requests,
        failed: row.failed,
        units: row.units,
        priceMicroUsd: row.priceMicroUsd,
      });
      const key = keys.find(({ id }) => id === row.keyId);
      expect(key?.key.startsWith(`${row.keyPrefix}_`)).toBe(true);
      expect(row).toMatchObject({ task: 'sentiment', keyName: row.keyId === keys[0]?.id ? 'One' : 'Two' });
    }
    expect(rows.map((row) => row.priceMicroUsd)).toEqual(
      rows.map((row) => row.priceMicroUsd).sort((a, b) => b - a),
    );
  });

  it('narrows down to a key and to a model', async () => {
    const { workspaceId } = person;
    const keyId = keys[1]?.id ?? '';
    const byKey = await usage().overview({ workspaceId, range: '24h', keyId });
    expect(byKey.totals).toMatchObject(await ledger(`key_id = '${keyId}'`));
    const byModel = await usage().overview({ workspaceId, range: '24h', model: 'sentiment-en@2' });
    expect(byModel.totals).toMatchObject(await ledger(`model_version = 'sentiment-en@2'`));
    const nothing = await usage().overview({ workspaceId, range: '24h', model: "' OR true --" });
    expect(nothing).toMatchObject({ totals: { requests: 0, p95Ms: null }, series: [], rows: [] });
  });

  it('tells the p95 of the answers that succeeded, to within its latency class', async () => {
    const { totals } = await usage().overview({ workspaceId: person.workspaceId, range: '24h' });
    const { rows } = await plane.database.pool.query<{ p95: number }>(
      `SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) p95 FROM usage_records
      WHERE workspace_id = $1 AND status_class = 2`,
      [person.workspaceId],
    );
    const exact = rows[0]?.p95 ?? 0;
    expect(exact).toBeGreaterThan(500);
    expect(totals.p95Ms).toBeGreaterThan(500);
    expect(totals.p95Ms).toBeLessThanOrEqual(1_000);
  });

  it("tells the keys' last use", async () => {
    const { workspaceId, session } = person;
    const { apiKey } = callerFor({
      services: plane.services,
      session,
      address: '192.0.2.1',
      requestId: 'test',
    });
    const unused = await createApiKey(plane.services.db, { workspaceId });
    const listed = new Map((await apiKey.list({ workspaceId })).map((key) => [key.id, key.lastUsedAt]));
    expect(listed.get(keys[0]?.id ?? '')?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(listed.get(unused.id)).toBeNull();
  });

  it('tells what is spent, held and left this month', async () => {
    const { workspaceId } = person;
    const { units, priceMicroUsd } = await ledger();
    expect(await usage().month({ workspaceId })).toMatchObject({
      spentUnits: units,
      spentMicroUsd: priceMicroUsd,
      heldUnits: 0,
      quotaUnits: 10_000_000_000,
      budget: null,
      planId: 'scale',
    });
    await plane.database.pool.query(
      `UPDATE allowances SET period_start = period_start - interval '1 month' WHERE workspace_id = $1`,
      [workspaceId],
    );
    expect(await usage().month({ workspaceId })).toMatchObject({ spentUnits: 0, spentMicroUsd: 0 });
  });

  it('sums up the short-lived keys in one row, those that were deleted too', async () => {
    const other = await createPerson(plane, { plan: 'scale' });
    const { workspaceId } = other;
    const made = { latencyMs: 1, statusClass: 2, modelVersion: 'm@1' } as const;
    const live = await createApiKey(plane.services.db, { workspaceId, name: 'Server' });
    await use(live, { units: 9, ...made });
    const shortLived = { workspaceId, kind: 'short_lived' } as const;
    const [kept, deleted] = [
      await createApiKey(plane.services.db, shortLived),
      await createApiKey(plane.services.db, shortLived),
    ];
    await use(kept, { units: 3, ...made });
    await use(deleted, { units: 4, ...made });
    await plane.services.db.apiKey.delete({ where: { id: deleted.id } });

    const { rows, totals } = await usage(other).overview({ workspaceId, range: '24h' });
    const playground = { keyId: 'short_lived', keyName: 'Console', units: 7, requests: 2 };
    expect(rows).toMatchObject([{ keyId: live.id, keyName: 'Server', units: 9 }, playground]);
    expect(rows[1]?.keyPrefix).toBe('my_temp_');
    expect(totals).toMatchObject({ units: 16, requests: 3 });

    const narrowed = await usage(other).overview({ workspaceId, range: '24h', keyId: 'short_lived' });
    expect(narrowed.rows).toMatchObject([playground]);
    expect(narrowed.totals).toMatchObject({ units: 7, requests: 2 });
    expect(narrowed.series).toMatchObject([{ requests: 2 }]);
  });
});
