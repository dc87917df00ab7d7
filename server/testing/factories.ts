import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Batch, Membership, PrismaClient, Session, User, Workspace } from '#prisma/generated/client.ts';
import { type ApiKeyKind, generateApiKey } from '#server/domain/api-keys/key-format.ts';
import type { ApiKeyScope } from '#server/domain/api-keys/scopes.ts';
import { apiKeyScopes } from '#server/domain/api-keys/scopes.ts';
import type { BatchStatus } from '#server/domain/batches/batch-status.ts';
import { type PlanId, planOf } from '#server/domain/billing/plans.ts';
import type { Role } from '#server/domain/members/roles.ts';
import { batchLimits, fileLimits, sessionLimits } from '#server/domain/rate-limits/limits.ts';

export interface WorkspaceOptions {
  readonly name?: string;
  readonly slug?: string;
  readonly plan?: PlanId;
  readonly kind?: 'customer' | 'house';
  readonly status?: 'active' | 'suspended';
  readonly quotaUnits?: number | bigint;
  readonly spentUnits?: number | bigint;
  readonly budgetMicroUsd?: number | bigint | null;
  readonly requestsPerMinute?: number;
  readonly unitsPerMinute?: number;
  readonly concurrencyMax?: number;
}

/** A workspace with its allowance; the limits are its plan's (the largest by default) unless given. */
export async function createWorkspace(db: PrismaClient, options: WorkspaceOptions = {}): Promise<Workspace> {
  const planId = options.plan ?? 'scale';
  const plan = planOf(planId);
  const now = new Date();
  return db.workspace.create({
    data: {
      id: uuidv7(),
      name: options.name ?? 'Test workspace',
      slug: options.slug ?? `test-${randomBytes(6).toString('hex')}`,
      planId,
      kind: options.kind ?? 'customer',
      status: options.status ?? 'active',
      allowance: {
        create: {
          periodStart: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())),
          quotaUnits: options.quotaUnits ?? plan.quotaUnits,
          spentUnits: options.spentUnits ?? 0,
          budgetMicroUsd: options.budgetMicroUsd ?? null,
          requestsPerMinute: options.requestsPerMinute ?? plan.requestsPerMinute,
          unitsPerMinute: options.unitsPerMinute ?? plan.unitsPerMinute,
          concurrencyMax: options.concurrencyMax ?? plan.concurrencyMax,
        },
      },
    },
  });
}

export interface UserOptions {
  readonly email?: string;
  readonly name?: string;
  /** From hashPassword, for tests that sign in. By default no password fits. */
  readonly passwordHash?: string;
  readonly confirmed?: boolean;
  readonly isOperator?: boolean;
}

export async function createUser(db: PrismaClient, options: UserOptions = {}): Promise<User> {
  return db.user.create({
    data: {
      id: uuidv7(),
      email: options.email ?? `person-${randomBytes(6).toString('hex')}@example.com`,
      name: options.name ?? null,
      passwordHash: options.passwordHash ?? '!',
      emailVerifiedAt: options.confirmed === false ? null : new Date(),
      isOperator: options.isOperator ?? false,
    },
  });
}

export async function createMember(
  db: PrismaClient,
  {
    workspaceId,
    userId,
    role,
  }: { readonly workspaceId: string; readonly userId: string; readonly role?: Role },
): Promise<Membership> {
  return db.membership.create({ data: { workspaceId, userId, role: role ?? 'owner' } });
}

export interface SessionOptions {
  readonly userId: string;
  readonly userAgent?: string;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date | null;
}

export async function createSession(db: PrismaClient, options: SessionOptions): Promise<Session> {
  return db.session.create({
    data: {
      id: uuidv7(),
      userId: options.userId,
      userAgent: options.userAgent ?? 'test',
      expiresAt: options.expiresAt ?? new Date(Date.now() + sessionLimits.lifetimeMs),
      revokedAt: options.revokedAt ?? null,
    },
  });
}

export interface ApiKeyOptions {
  readonly workspaceId: string;
  readonly createdByUserId?: string;
  readonly kind?: ApiKeyKind;
  readonly name?: string;
  readonly scopes?: readonly ApiKeyScope[];
  readonly rateBucket?: string;
  readonly requestsPerMinute?: number;
  readonly unitsPerMinute?: number;
  readonly expiresAt?: Date | null;
  readonly revokedAt?: Date | null;
  readonly models?: readonly string[];
  readonly allowedAddresses?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly budgetMicroUsd?: number;
  readonly budgetIsHard?: boolean;
  readonly concurrencyMax?: number;
}

/** A key with the widest limits unless given; `key` is the whole of it. */
export async function createApiKey(
  db: PrismaClient,
  options: ApiKeyOptions,
): Promise<{ readonly id: string; readonly key: string; readonly workspaceId: string }> {
  const kind = options.kind ?? 'live';
  const generated = generateApiKey(kind);
  const widest = planOf('scale');
  await db.apiKey.create({
    data: {
      id: generated.id,
      workspaceId: options.workspaceId,
      createdByUserId: options.createdByUserId ?? null,
      kind,
      name: options.name ?? 'Test key',
      secretHash: new Uint8Array(generated.secretHash),
      scopes: [...(options.scopes ?? apiKeyScopes)],
      rateBucket: options.rateBucket ?? generated.id,
      requestsPerMinute: options.requestsPerMinute ?? widest.requestsPerMinute,
      unitsPerMinute: options.unitsPerMinute ?? widest.unitsPerMinute,
      expiresAt: options.expiresAt ?? null,
      revokedAt: options.revokedAt ?? null,
      models: [...(options.models ?? [])],
      allowedAddresses: [...(options.allowedAddresses ?? [])],
      allowedOrigins: [...(options.allowedOrigins ?? [])],
    },
  });
  const { workspaceId, budgetMicroUsd = null, budgetIsHard = true, concurrencyMax = null } = options;
  if (budgetMicroUsd !== null || concurrencyMax !== null) {
    const now = new Date();
    const periodStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
    const data = {
      keyId: generated.id,
      workspaceId,
      periodStart,
      budgetMicroUsd,
      budgetIsHard,
      concurrencyMax,
    };
    await db.keyAllowance.create({ data });
  }
  return { id: generated.id, key: generated.key, workspaceId: options.workspaceId };
}

export interface BatchOptions {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly status?: BatchStatus;
  readonly total?: number;
  readonly completed?: number;
  readonly failed?: number;
  readonly createdAt?: Date;
  readonly endedAt?: Date;
}

/** A batch that no gateway runs, with the row of its input file. */
export async function createBatch(db: PrismaClient, options: BatchOptions): Promise<Batch> {
  const { workspaceId, keyId, status = 'in_progress', createdAt = new Date(), ...counts } = options;
  const name = randomBytes(12).toString('hex');
  const file = { id: `file-${name}`, workspaceId, purpose: 'batch', filename: 'lines.jsonl', bytes: 1 };
  await db.file.create({
    data: { ...file, createdAt, expiresAt: new Date(createdAt.getTime() + fileLimits.lifetimeMs) },
  });
  return db.batch.create({
    data: {
      id: `batch_${name}`,
      workspaceId,
      keyId,
      endpoint: '/v1/sentiment',
      inputFileId: file.id,
      status,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + batchLimits.windowMs),
      ...counts,
    },
  });
}
