import { v7 as uuidv7 } from 'uuid';
import type { PrismaClient } from '#prisma/generated/client.ts';
import { hashPassword, verifyPassword } from '#server/domain/accounts/password-hash.ts';
import { createApiKey } from '#server/domain/api-keys/create-api-key.ts';
import { apiKeyScopes } from '#server/domain/api-keys/scopes.ts';
import { largestPlanId } from '#server/domain/billing/plans.ts';
import { insertWorkspace } from '#server/domain/workspaces/insert-workspace.ts';
import { systemClock } from '#server/platform/clock.ts';

export interface DemoAccess {
  readonly email: string;
  readonly password: string;
  /** Minted anew at each start: keys are stored hashed, so the last one can't be shown again. */
  readonly key: string;
}

const email = 'demo@example.com';
const workspaceName = 'Demo workspace';
const keyName = 'Demo key';
/** Of the demo keys that were revoked, so many stay listed. */
const revokedKept = 3;

/** A person, a workspace on the largest plan and one key in force. Safe to run at every start. */
export async function seedDemo(
  db: PrismaClient,
  { password }: { readonly password: string },
): Promise<DemoAccess> {
  const userId = await seedUser(db, password);
  const workspaceId = await seedWorkspace(db, userId);
  const ours = { workspaceId, createdByUserId: userId, kind: 'live', name: keyName };
  await db.apiKey.updateMany({ where: { ...ours, revokedAt: null }, data: { revokedAt: systemClock.now() } });
  // Every sample of the documents runs with it.
  const { key } = await createApiKey(
    { db, clock: systemClock },
    { workspaceId, userId, name: keyName, scopes: [...apiKeyScopes] },
  );
  await forgetUnusedKeys(db, ours);
  return { email, password, key };
}

async function seedUser(db: PrismaClient, password: string): Promise<string> {
  const existing = await db.user.findUnique({ where: { email } });
  if (existing && (await verifyPassword(password, existing.passwordHash))) return existing.id;
  const passwordHash = await hashPassword(password);
  const { id } = await db.user.upsert({
    where: { email },
    update: { passwordHash },
    create: { id: uuidv7(), email, name: 'Demo', passwordHash, emailVerifiedAt: systemClock.now() },
  });
  return id;
}

async function seedWorkspace(db: PrismaClient, userId: string): Promise<string> {
  const existing = await db.workspace.findFirst({
    where: { name: workspaceName, memberships: { some: { userId, role: 'owner' } } },
  });
  if (existing) return existing.id;
  const { id } = await db.$transaction((transaction) =>
    insertWorkspace(
      { transaction, clock: systemClock },
      { name: workspaceName, ownerUserId: userId, planId: largestPlanId },
    ),
  );
  return id;
}

/** Each start revokes a key: those that were never used would only fill the list. */
async function forgetUnusedKeys(
  db: PrismaClient,
  ours: { workspaceId: string; createdByUserId: string; kind: string; name: string },
): Promise<void> {
  const revoked = await db.apiKey.findMany({
    where: { ...ours, revokedAt: { not: null } },
    orderBy: { createdAt: 'desc' },
    skip: revokedKept,
    select: { id: true },
  });
  const used = await db.usageHour.findMany({
    where: { keyId: { in: revoked.map((key) => key.id) } },
    distinct: ['keyId'],
    select: { keyId: true },
  });
  const keep = new Set(used.map((row) => row.keyId));
  await db.apiKey.deleteMany({
    where: { id: { in: revoked.map((key) => key.id).filter((id) => !keep.has(id)) } },
  });
}
