import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyPassword } from '#server/domain/accounts/password-hash.ts';
import { createApiKey } from '#server/domain/api-keys/create-api-key.ts';
import { largestPlanId, planOf } from '#server/domain/billing/plans.ts';
import { systemClock } from '#server/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { seedDemo } from './demo.ts';
import { seedHouse } from './house.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the house workspace', () => {
  it('is there once, with its allowance, however often and however many seed it at once', async () => {
    const { prisma } = database;
    await Promise.all([seedHouse(prisma), seedHouse(prisma), seedHouse(prisma)]);
    await seedHouse(prisma);
    const houses = await prisma.workspace.findMany({
      where: { kind: 'house' },
      include: { allowance: true, memberships: true },
    });
    expect(houses).toMatchObject([
      { slug: 'house', allowance: { quotaUnits: BigInt(planOf('scale').quotaUnits) }, memberships: [] },
    ]);
  });

  it('keeps what it has spent', async () => {
    const { prisma } = database;
    await seedHouse(prisma);
    const { id } = await prisma.workspace.findUniqueOrThrow({ where: { slug: 'house' } });
    await prisma.allowance.update({ where: { workspaceId: id }, data: { spentUnits: 7n } });
    await seedHouse(prisma);
    expect(await prisma.allowance.findUnique({ where: { workspaceId: id } })).toMatchObject({
      spentUnits: 7n,
    });
  });
});

describe('the demo account', () => {
  const keys = () =>
    database.prisma.apiKey.findMany({ where: { name: 'Demo key' }, orderBy: { createdAt: 'asc' } });

  it('is one person with one workspace on the largest plan and one key in force, at each start a new one', async () => {
    const { prisma } = database;
    const first = await seedDemo(prisma, { password: 'the password of this folder' });
    const second = await seedDemo(prisma, { password: 'the password of this folder' });
    expect(second).toMatchObject({ email: first.email, password: first.password });
    expect(second.key).not.toBe(first.key);

    const user = await prisma.user.findUniqueOrThrow({
      where: { email: first.email },
      include: { memberships: { include: { workspace: true } } },
    });
    expect(user.emailVerifiedAt).toBeInstanceOf(Date);
    expect(user.isOperator).toBe(false);
    expect(user.memberships).toMatchObject([{ role: 'owner', workspace: { planId: largestPlanId } }]);
    const [earlier, inForce, ...others] = await keys();
    expect(earlier?.revokedAt).toBeInstanceOf(Date);
    expect(second.key).toContain(inForce?.id ?? 'none');
    expect(inForce?.revokedAt).toBeNull();
    expect(others).toEqual([]);
  });

  it('takes the password of the folder that it is started from', async () => {
    const { email } = await seedDemo(database.prisma, { password: 'another folder, another password' });
    const user = await database.prisma.user.findUniqueOrThrow({ where: { email } });
    expect(await verifyPassword('another folder, another password', user.passwordHash)).toBe(true);
    expect(await database.prisma.user.count({ where: { email } })).toBe(1);
  });

  it('leaves the keys alone that a person made, and lists three revoked ones at the most', async () => {
    const { prisma } = database;
    const { email } = await seedDemo(prisma, { password: 'the password of this folder' });
    const { id: userId, memberships } = await prisma.user.findUniqueOrThrow({
      where: { email },
      include: { memberships: true },
    });
    const workspaceId = memberships[0]?.workspaceId ?? '';
    await createApiKey({ db: prisma, clock: systemClock }, { workspaceId, userId, name: 'Mine' });
    for (let start = 0; start < 5; start++) {
      await seedDemo(prisma, { password: 'the password of this folder' });
    }
    const all = await keys();
    expect(all.filter((key) => key.revokedAt === null)).toHaveLength(1);
    expect(all.filter((key) => key.revokedAt !== null)).toHaveLength(3);
    expect(await prisma.apiKey.findFirst({ where: { name: 'Mine' } })).toMatchObject({ revokedAt: null });
  });
});
