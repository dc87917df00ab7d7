import { v7 as uuidv7 } from 'uuid';
import { recordAuditEvent } from '../audit/record-audit-event.ts';
import { type PlanId, planOf } from '../billing/plans.ts';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { monthStartOf } from '../usage/month-start.ts';
import { slugOf, slugWithSuffix } from './slug.ts';

/** Slugs that the console's own addresses use. */
const reservedSlugs = new Set([
  'new',
  'settings',
  'account',
  'admin',
  'api',
  'sign-in',
  'sign-up',
  'outbox',
  'docs',
]);

/** A workspace never stands without its owner, its allowance and the audit row of its beginning. */
export async function insertWorkspace(
  { transaction, clock }: { transaction: Transaction; clock: Clock },
  { name, ownerUserId, planId }: { name: string; ownerUserId: string; planId: PlanId },
): Promise<{ readonly id: string; readonly slug: string }> {
  const now = clock.now();
  const id = uuidv7();
  const slug = await insertUnderFreeSlug(transaction, { id, name, planId, createdAt: now });
  await transaction.membership.create({
    data: { workspaceId: id, userId: ownerUserId, role: 'owner', createdAt: now },
  });
  const { quotaUnits, requestsPerMinute, unitsPerMinute, concurrencyMax } = planOf(planId);
  await transaction.allowance.create({
    data: {
      workspaceId: id,
      periodStart: monthStartOf(now),
      quotaUnits,
      requestsPerMinute,
      unitsPerMinute,
      concurrencyMax,
    },
  });
  await recordAuditEvent(transaction, {
    workspaceId: id,
    actorUserId: ownerUserId,
    action: 'workspace.created',
    targetId: id,
    detail: { name, planId },
    at: now,
  });
  return { id, slug };
}

interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly planId: PlanId;
  readonly createdAt: Date;
}

/** By inserting, not by looking first: two at once can't both take it, and a conflict doesn't end the transaction. */
async function insertUnderFreeSlug(transaction: Transaction, row: WorkspaceRow): Promise<string> {
  const wanted = slugOf(row.name);
  for (let attempt = 0; attempt < 5; attempt++) {
    const slug = attempt === 0 && !reservedSlugs.has(wanted) ? wanted : slugWithSuffix(wanted);
    const { count } = await transaction.workspace.createMany({
      data: { ...row, slug },
      skipDuplicates: true,
    });
    if (count === 1) return slug;
  }
  throw new Error('No free slug in five attempts');
}
