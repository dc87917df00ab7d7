import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateApiKey, hashApiKey } from '#server/domain/api-keys/key-format.ts';
import { writeKeyAllowance } from '#server/domain/api-keys/write-key-allowance.ts';
import type { AdmitRequest } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { type ApiKeyOptions, createApiKey, type WorkspaceOptions } from '#server/testing/factories.ts';
import {
  admitRequest,
  type Customer,
  createCustomer,
  settlementOf,
} from '#server/testing/metering-requests.ts';
import { createMetering } from './create-metering.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const customer = (keyOptions?: Partial<ApiKeyOptions>, options?: WorkspaceOptions) =>
  createCustomer(database.prisma, options, keyOptions);

/** Two gateways: what one may, both together may. */
const gateway = () => createMetering({ pool: database.pool, holdMs: 60_000 });
const verdict = async (request: AdmitRequest) => (await gateway().admit(request)).verdict;
const settle = (requestId: string, units: number) =>
  gateway().settle(settlementOf({ requestId }, units), Date.now() + 5_000);
const allowanceOf = ({ keyId }: Customer) =>
  database.prisma.keyAllowance.findUniqueOrThrow({ where: { keyId } });

describe('what a key restricts', () => {
  it('calls the models that it names, and paths without a model', async () => {
    const one = await customer({ models: ['sentiment-1', 'ft:reviews'] });
    expect(await verdict(admitRequest(one))).toBe('valid');
    expect(await verdict(admitRequest(one, { model: 'ft:reviews' }))).toBe('valid');
    expect(await verdict(admitRequest(one, { model: 'sentiment-2' }))).toBe('model_not_allowed');
    expect(await verdict(admitRequest(one, { model: '', unitsMin: 0, unitsMax: 0, microUsdMax: 0 }))).toBe(
      'valid',
    );
  });

  it.each([
    ['192.0.2.7', 'valid'],
    ['198.51.100.255', 'valid'],
    ['198.51.101.0', 'address_not_allowed'],
    ['2001:db8:1::5', 'valid'],
    ['2001:db9::1', 'address_not_allowed'],
    ['unknown', 'address_not_allowed'],
  ])('from %s: %s', async (address, expected) => {
    const one = await customer({ allowedAddresses: ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32'] });
    expect(await verdict(admitRequest(one, { address }))).toBe(expected);
  });

  it('decides over each by itself where requests that wait together come from several addresses', async () => {
    const one = await customer({ allowedAddresses: ['192.0.2.0/24'] });
    const metering = gateway();
    const addresses = ['192.0.2.1', '203.0.113.9', '192.0.2.2', 'unknown'];
    const admissions = await Promise.all(
      addresses.map((address) => metering.admit(admitRequest(one, { address }))),
    );
    expect(admissions.map((admission) => admission.verdict)).toEqual([
      'valid',
      'address_not_allowed',
      'valid',
      'address_not_allowed',
    ]);
  });

  it('is used by pages of the origins that it names, and by no page where it names none', async () => {
    const one = await customer({ allowedOrigins: ['https://app.example.com'] });
    expect(await verdict(admitRequest(one, { origin: 'https://app.example.com' }))).toBe('valid');
    expect(await verdict(admitRequest(one, { origin: 'https://evil.example.com' }))).toBe(
      'origin_not_allowed',
    );
    expect(await verdict(admitRequest(one))).toBe('valid');
    expect(await verdict(admitRequest(await customer(), { origin: 'https://app.example.com' }))).toBe(
      'origin_not_allowed',
    );
  });

  it('works by the secret that was replaced until the overlap ends', async () => {
    const one = await customer();
    const next = generateApiKey('live', one.keyId);
    const replace = (previousExpiresAt: Date) =>
      database.prisma.apiKey.update({
        where: { id: one.keyId },
        data: {
          secretHash: new Uint8Array(next.secretHash),
          previousSecretHash: new Uint8Array(one.keyHash),
          previousExpiresAt,
        },
      });
    await replace(new Date(Date.now() + 60_000));
    const renewed = { ...one, keyHash: next.secretHash };
    expect([await verdict(admitRequest(one)), await verdict(admitRequest(renewed))]).toEqual([
      'valid',
      'valid',
    ]);
    await replace(new Date(Date.now() - 1));
    expect([await verdict(admitRequest(one)), await verdict(admitRequest(renewed))]).toEqual([
      'expired',
      'valid',
    ]);
    expect(await verdict(admitRequest({ ...one, keyHash: Buffer.alloc(32) }))).toBe('unknown');
  });

  it('refuses a gateway of the release before, which does not tell, where a key restricts', async () => {
    const one = await customer({ allowedAddresses: ['192.0.2.0/24'] });
    const free = await customer();
    const before = async ({ keyId, keyHash }: Customer) => {
      const { rows } = await database.pool.query(
        `SELECT verdict FROM admit(ARRAY[$1::uuid], '{1}', ARRAY[$2], ARRAY[$3::bytea], '{sentiment}', '{1}', '{1}', '{1}', '{1}', '{f}', 60000)`,
        [newRequestId(), keyId, keyHash],
      );
      return rows[0].verdict;
    };
    expect([await before(one), await before(free)]).toEqual(['address_not_allowed', 'valid']);
  });
});

describe("a key's budget", () => {
  it('is never exceeded, and spent whole, by parallel requests over three gateways', async () => {
    const one = await customer({ budgetMicroUsd: 100 });
    const gateways = [gateway(), gateway(), gateway()];
    let acknowledged = 0;
    const refused: string[] = [];
    await Promise.all(
      Array.from({ length: 160 }, async (_, i) => {
        const metering = gateways[i % gateways.length] ?? gateway();
        const request = admitRequest(one);
        let admission = await metering.admit(request);
        while (admission.verdict === 'quota_held') {
          await new Promise((resolve) => setTimeout(resolve, 5));
          admission = await metering.admit({ ...request, counted: true });
        }
        if (admission.verdict !== 'valid') return void refused.push(admission.verdict);
        const { share } = admission;
        const outcome = await metering.settle({ ...settlementOf(request, 1), share }, Date.now() + 5_000);
        if (outcome === 'settled') acknowledged++;
      }),
    );
    expect(acknowledged).toBe(100);
    expect(new Set(refused)).toEqual(new Set(['key_budget_exceeded']));
    expect(await allowanceOf(one)).toMatchObject({ spentMicroUsd: 100n, heldMicroUsd: 0n, heldRequests: 0 });
  });

  it('does not stop another key of the workspace', async () => {
    const one = await customer({ budgetMicroUsd: 5 });
    const { id, key } = await createApiKey(database.prisma, { workspaceId: one.workspaceId });
    const request = admitRequest(one, { unitsMax: 5, microUsdMax: 5 });
    expect(await verdict(request)).toBe('valid');
    expect(await verdict(admitRequest(one))).toBe('quota_held');
    expect(await verdict(admitRequest({ ...one, keyId: id, keyHash: hashApiKey(key) }))).toBe('valid');
    await settle(request.requestId, 5);
    expect(await verdict(admitRequest(one))).toBe('key_budget_exceeded');
  });

  it('holds its rest where the request may cost more, and bills nothing above it', async () => {
    const one = await customer({ budgetMicroUsd: 10 });
    const wide = admitRequest(one, { unitsMax: 100, microUsdMax: 100 });
    expect(await verdict(wide)).toBe('valid');
    expect(await allowanceOf(one)).toMatchObject({ heldMicroUsd: 10n, heldRequests: 1 });
    expect(await settle(wide.requestId, 11)).toBe('over_hold');
    expect(await allowanceOf(one)).toMatchObject({ spentMicroUsd: 0n, heldMicroUsd: 0n, heldRequests: 0 });
  });

  it('refuses at once what is known to cost more than its rest', async () => {
    const one = await customer({ budgetMicroUsd: 150 });
    expect(await verdict(admitRequest(one, { unitsMin: 1, unitsMax: 1, microUsdMax: 200 }))).toBe(
      'key_budget_exceeded',
    );
  });

  it('only counts where it is soft, and so does the workspace’s', async () => {
    const one = await customer({ budgetMicroUsd: 1, budgetIsHard: false }, { budgetMicroUsd: 1 });
    await database.prisma.allowance.update({
      where: { workspaceId: one.workspaceId },
      data: { budgetIsHard: false },
    });
    for (let i = 0; i < 3; i++) {
      const request = admitRequest(one);
      expect(await verdict(request)).toBe('valid');
      await settle(request.requestId, 1);
    }
    expect(await allowanceOf(one)).toMatchObject({ spentMicroUsd: 3n });
  });

  it('begins anew with the month, and gives back what expired holds kept', async () => {
    const one = await customer({ budgetMicroUsd: 5 });
    const request = admitRequest(one, { unitsMax: 5, microUsdMax: 5 });
    await verdict(request);
    await database.prisma.hold.updateMany({
      where: { keyId: one.keyId },
      data: { expiresAt: new Date(0) },
    });
    expect(await verdict(admitRequest(one, { unitsMax: 5, microUsdMax: 5 }))).toBe('valid');
    await database.prisma.keyAllowance.update({
      where: { keyId: one.keyId },
      data: { periodStart: new Date('2026-01-01T00:00:00Z'), spentMicroUsd: 5n, heldMicroUsd: 0n },
    });
    await database.prisma.hold.deleteMany({ where: { keyId: one.keyId } });
    expect(await verdict(admitRequest(one))).toBe('valid');
    expect(await allowanceOf(one)).toMatchObject({ spentMicroUsd: 0n });
  });

  it('knows what the key has spent and holds when it is set in the middle of a month', async () => {
    const one = await customer();
    const [spent, held] = [admitRequest(one), admitRequest(one)];
    await verdict(spent);
    await settle(spent.requestId, 1);
    await verdict(held);
    await database.prisma.$transaction((transaction) =>
      writeKeyAllowance(transaction, {
        workspaceId: one.workspaceId,
        keyId: one.keyId,
        budget: { microUsd: 3, isHard: true },
        concurrencyMax: null,
      }),
    );
    expect(await allowanceOf(one)).toMatchObject({ spentMicroUsd: 1n, heldMicroUsd: 1n, heldRequests: 1 });
    expect(await verdict(admitRequest(one))).toBe('valid');
    expect(await verdict(admitRequest(one, { microUsdMax: 1, unitsMin: 0 }))).toBe('quota_held');
  });

  it('bounds the requests of the key in flight, and leaves those of others', async () => {
    const one = await customer({ concurrencyMax: 2 });
    const first = admitRequest(one);
    expect([
      await verdict(first),
      await verdict(admitRequest(one)),
      await verdict(admitRequest(one)),
    ]).toEqual(['valid', 'valid', 'concurrency_limited']);
    const other = await createApiKey(database.prisma, { workspaceId: one.workspaceId });
    expect(await verdict(admitRequest({ ...one, keyId: other.id, keyHash: hashApiKey(other.key) }))).toBe(
      'valid',
    );
    await settle(first.requestId, 1);
    expect(await verdict(admitRequest(one))).toBe('valid');
  });
});
