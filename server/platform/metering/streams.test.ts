import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey } from '#server/domain/api-keys/key-format.ts';
import type { AdmitRequest, Progress } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace, type WorkspaceOptions } from '#server/testing/factories.ts';
import { admitMany } from './admit-many.ts';
import { createMetering } from './create-metering.ts';
import { saveMany } from './save-many.ts';
import { settleMany } from './settle-many.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function customer(options: WorkspaceOptions = {}) {
  const workspace = await createWorkspace(database.prisma, options);
  const key = await createApiKey(database.prisma, { workspaceId: workspace.id });
  return { workspaceId: workspace.id, keyId: key.id, keyHash: hashApiKey(key.key) };
}
type Customer = Awaited<ReturnType<typeof customer>>;

const ask = ({ keyId, keyHash }: Customer, more: Partial<AdmitRequest> = {}): AdmitRequest => ({
  requestId: newRequestId(),
  keyId,
  keyHash,
  scope: 'text',
  model: 'text-1',
  address: '192.0.2.1',
  origin: '',
  unitsMin: 1,
  unitsMax: 100,
  microUsdMax: 200,
  counted: false,
  ownHold: true,
  ...more,
});
const costs = (inputUnits: number, outputUnits: number) => ({
  task: 'text-generation',
  modelVersion: 'text-1@test',
  unit: 'token' as const,
  inputUnits,
  outputUnits,
  priceMicroUsd: inputUnits + 2 * outputUnits,
  priceVersion: 1,
  latencyMs: 40,
});
const at = (requestId: string, input: number, output: number): Progress => ({
  requestId,
  epoch: 0,
  soFar: costs(input, output),
});
const call = () => ({ pool: database.pool, timeoutMs: 5_000 });
const admit = async (request: AdmitRequest, holdMs = 60_000) =>
  (await admitMany({ ...call(), holdMs }, [request]))[0]?.verdict;
const save = (rows: readonly Progress[], holdMs = 60_000) => saveMany({ ...call(), holdMs }, rows);
const settle = (requestId: string, input: number, output: number, statusClass: 2 | 5 = 2) =>
  settleMany(call(), [{ requestId, keyId: 'any', epoch: 0, statusClass, ...costs(input, output) }]);
const reap = async () =>
  (await database.pool.query<{ n: number }>('SELECT reap_expired_holds() AS n')).rows[0]?.n;
const expire = (requestId: string) =>
  // Columns keep milliseconds, rounded: just now may still be to come.
  database.pool.query(
    "UPDATE holds SET expires_at = clock_timestamp() - interval '10 ms' WHERE request_id = $1",
    [requestId],
  );
const allowanceOf = ({ workspaceId }: Customer) =>
  database.prisma.allowance.findUniqueOrThrow({ where: { workspaceId } });
const ledgerOf = ({ workspaceId }: Customer) =>
  database.prisma.usageRecord.findMany({ where: { workspaceId } });
const hoursOf = ({ workspaceId }: Customer) => database.prisma.usageHour.findMany({ where: { workspaceId } });

async function admitted(one: Customer, more: Partial<AdmitRequest> = {}) {
  const request = ask(one, more);
  expect(await admit(request)).toBe('valid');
  return request.requestId;
}

describe('save_progress', () => {
  it('says what is held, saves, prolongs the hold, and changes nothing that was spent', async () => {
    const one = await customer();
    const id = await admitted(one);
    expect(await save([at(id, 10, 5)], 3_600_000)).toEqual([
      { outcome: 'saved', heldUnits: 100, heldMicroUsd: 200 },
    ]);
    const hold = await database.prisma.hold.findUniqueOrThrow({ where: { requestId: id } });
    expect(hold).toMatchObject({ savedInputUnits: 10n, savedOutputUnits: 5n, savedPriceMicroUsd: 20n });
    expect(hold.expiresAt.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 0n, heldUnits: 100n, heldRequests: 1 });
  });

  it('answers each of many in order, over workspaces, and refuses more than is held', async () => {
    const [one, other] = [await customer(), await customer()];
    const [first, second] = [await admitted(one), await admitted(other)];
    const unknown = newRequestId();
    const outcomes = await save([at(second, 1, 1), at(unknown, 1, 1), at(first, 60, 41), at(first, 1, 100)]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['saved', 'no_hold', 'over_hold', 'over_hold']);
  });

  it('is fenced by the epoch', async () => {
    const id = await admitted(await customer());
    const [answer] = await save([{ ...at(id, 1, 1), epoch: 1 }]);
    expect(answer?.outcome).toBe('no_hold');
  });

  it('tells of a rest of the quota that less is held than was asked for', async () => {
    const one = await customer({ quotaUnits: 30 });
    const id = await admitted(one);
    expect(await save([at(id, 10, 0)])).toMatchObject([{ outcome: 'saved', heldUnits: 30 }]);
  });
});

describe('a settlement', () => {
  it('bills what it says, whatever was saved before', async () => {
    const one = await customer();
    const id = await admitted(one);
    await save([at(id, 10, 5)]);
    expect(await settle(id, 10, 9)).toEqual(['settled']);
    expect(await ledgerOf(one)).toMatchObject([{ inputUnits: 10n, outputUnits: 9n, priceMicroUsd: 28n }]);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 19n, heldUnits: 0n, heldRequests: 0 });
    expect(await save([at(id, 10, 9)])).toMatchObject([{ outcome: 'no_hold' }]);
  });

  it('of a failure on our side bills nothing of it', async () => {
    const one = await customer();
    const id = await admitted(one);
    await save([at(id, 10, 5)]);
    expect(await settle(id, 0, 0, 5)).toEqual(['settled']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 0n, spentMicroUsd: 0n, heldUnits: 0n });
  });
});

describe('the reaper', () => {
  it('settles an orphan at its last saved point, in ledger, hours and allowance alike, once', async () => {
    const one = await customer();
    const id = await admitted(one);
    await save([at(id, 10, 5)]);
    await save([at(id, 10, 7)]);
    await expire(id);
    expect(await reap()).toBe(1);
    expect(await reap()).toBe(0);
    expect(await ledgerOf(one)).toMatchObject([
      { id, statusClass: 2, inputUnits: 10n, outputUnits: 7n, priceMicroUsd: 24n, keyId: one.keyId },
    ]);
    expect(await hoursOf(one)).toMatchObject([{ requests: 1n, inputUnits: 10n, outputUnits: 7n }]);
    expect(await allowanceOf(one)).toMatchObject({
      spentUnits: 17n,
      spentMicroUsd: 24n,
      heldUnits: 0n,
      heldMicroUsd: 0n,
      heldRequests: 0,
    });
    // A gateway that comes too late learns that its figures are not those of the ledger.
    expect(await settle(id, 10, 90)).toEqual(['no_hold']);
    expect(await settle(id, 10, 7)).toEqual(['settled']);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 17n, heldUnits: 0n });
  });

  it('bills nothing of one that saved no progress, also where its hold was prolonged', async () => {
    const one = await customer();
    const [silent, prolonged] = [await admitted(one), await admitted(one)];
    expect(await save([{ requestId: prolonged, epoch: 0, soFar: null }])).toMatchObject([
      { outcome: 'saved' },
    ]);
    await expire(silent);
    await expire(prolonged);
    expect(await reap()).toBe(2);
    expect(await ledgerOf(one)).toEqual([]);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 0n, heldUnits: 0n, heldRequests: 0 });
  });

  it('settles orphans of many workspaces beside holds that live', async () => {
    const many = await Promise.all([customer(), customer(), customer()]);
    for (const one of many) {
      const [orphan, living] = [await admitted(one), await admitted(one)];
      await save([at(orphan, 3, 4), at(living, 1, 1)]);
      await expire(orphan);
    }
    expect(await reap()).toBe(3);
    for (const one of many)
      expect(await allowanceOf(one)).toMatchObject({ spentUnits: 7n, heldUnits: 100n, heldRequests: 1 });
  });

  it("runs before a verdict, so that an orphan's rest can be spent at once, and its cost counts", async () => {
    const one = await customer({ quotaUnits: 100 });
    const id = await admitted(one);
    await save([at(id, 40, 30)]);
    await expire(id);
    const next = await admitted(one);
    expect(await save([at(next, 30, 0)])).toMatchObject([{ outcome: 'saved', heldUnits: 30 }]);
    expect(await allowanceOf(one)).toMatchObject({ spentUnits: 70n, heldUnits: 30n });
  });
});

describe('createMetering', () => {
  it('gives a stream a hold of its own among requests that share one', async () => {
    const one = await customer();
    const metering = createMetering({ pool: database.pool, holdMs: 60_000 });
    const plain = () => ask(one, { ownHold: false });
    const admissions = await Promise.all(
      [plain(), ask(one), plain(), ask(one), plain()].map((r) => metering.admit(r)),
    );
    const shares = admissions.map(
      (admission) => admission.verdict === 'valid' && admission.share !== undefined,
    );
    expect(shares).toEqual([true, false, true, false, true]);
    expect(await database.prisma.hold.count({ where: { workspaceId: one.workspaceId } })).toBe(3);
  });
});
