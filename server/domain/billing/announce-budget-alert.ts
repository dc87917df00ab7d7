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

const managers = (Object.keys(roles) as Role[]).filter((role) => roleMay(role, 'workspace:manage'));

/** The one place from which an alert leaves: to everyone who may change the budget of the workspace. */
export async function announceBudgetAlert(
  { mailQueue, webUrl }: { readonly mailQueue: MailQueue; readonly webUrl: string },
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
}
