import { emitEvent } from '#server/domain/webhooks/emit-event.ts';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database.ts';
import { budgetAlertMail } from '../mail/budget-alert-mail.ts';
import type { MailQueue } from '../mail/mail.ts';
import { type Role, roleMay, roles } from '../members/roles.ts';
import type { Budget } from './budget.ts';

export interface BudgetAlert {
  readonly workspaceId: string;
  readonly slug: string;
  /** Null: the workspace's own budget. */
  readonly keyId: string | null;
  readonly periodStart: Date;
  /** The mark that was reached. */
  readonly percent: number;
  readonly budget: Budget;
  readonly spentMicroUsd: number;
}

export interface BudgetAnnouncement {
  readonly clock: Clock;
  readonly mailQueue: MailQueue;
  readonly webUrl: string;
}

const managers = (Object.keys(roles) as Role[]).filter((role) => roleMay(role, 'workspace:manage'));

/** The one place from which an alert leaves: to everyone who may change the budget of the workspace, and to its webhooks. */
export async function announceBudgetAlert(
  { clock, mailQueue, webUrl }: BudgetAnnouncement,
  transaction: Transaction,
  alert: BudgetAlert,
): Promise<void> {
  const members = await transaction.membership.findMany({
    where: {
      workspaceId: alert.workspaceId,
      role: { in: managers },
      user: { emailVerifiedAt: { not: null } },
    },
    select: { user: { select: { email: true } } },
    orderBy: { createdAt: 'asc' },
  });
  for (const { user } of members) {
    await mailQueue.enqueue(transaction, budgetAlertMail(user.email, { ...alert, webUrl }));
  }
  const { workspaceId, keyId, percent, budget, spentMicroUsd } = alert;
  await emitEvent(transaction, {
    workspaceId,
    type: 'budget.threshold_reached',
    data: {
      id: keyId ?? workspaceId,
      of: keyId === null ? 'workspace' : 'api_key',
      percent,
      budget_micro_usd: budget.microUsd,
      spent_micro_usd: spentMicroUsd,
    },
    at: clock.now(),
  });
}
