'use client';
import Link from 'next/link';
import type { Plan } from '#server/domain/billing/schema.ts';
import type { FeedbackSetting } from '#server/domain/feedback/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import type { UsageMonth } from '#server/domain/usage/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { BudgetRule } from '../../../../_components/budget-rule.tsx';
import { Ledger } from '../../../../_components/slip.tsx';
import { money } from '../../../../_format/money.ts';
import { count } from '../../../../_format/number.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
import { ChangeBudget } from './change-budget.tsx';
import { FeedbackSwitch } from './feedback-switch.tsx';
import { RenameWorkspace } from './rename-workspace.tsx';

interface SettingsScreenProps {
  readonly workspace: WorkspaceItem;
  readonly month: UsageMonth;
  readonly plan: Plan | null;
  readonly feedback: FeedbackSetting;
}

export function SettingsScreen({ workspace, month, plan, feedback }: SettingsScreenProps) {
  const mayManage = roleMay(workspace.role, 'workspace:manage');
  return (
    <Sheet title="Settings">
      <div className="max-w-md">
        <div className="sec !mt-0">
          <h2>Workspace</h2>
        </div>
        <RenameWorkspace workspace={workspace} mayManage={mayManage} />
        <Ledger
          className="mt-4"
          lines={[
            ['Address', <code key="slug">/w/{workspace.slug}</code>],
            ['Id', <code key="id">{workspace.id}</code>],
            ['Your role', workspace.role],
          ]}
        />
        <div className="sec">
          <h2>Budget</h2>
        </div>
        {month.budget && (
          <div className="mb-4 grid gap-2">
            <Ledger
              lines={[
                ['Spent this month', `${money(month.spentMicroUsd)} of ${money(month.budget.microUsd)}`],
              ]}
            />
            <BudgetRule spentMicroUsd={month.spentMicroUsd} budget={month.budget} />
          </div>
        )}
        <ChangeBudget
          workspaceId={workspace.id}
          budget={month.budget}
          mayManage={roleMay(workspace.role, 'workspace:manage')}
        />
        <div className="sec">
          <h2>Plan</h2>
          <span className="end">
            <Link href="/pricing">All plans</Link>
          </span>
        </div>
        <Ledger
          lines={[
            ['Plan', plan?.name ?? month.planId],
            ['Units a month, a hard stop', count(month.quotaUnits)],
            ['Spent this month', `${count(month.spentUnits)} units, ${money(month.spentMicroUsd)}`],
            ...(plan
              ? ([
                  ['Calls a minute', count(plan.requestsPerMinute)],
                  ['Units a minute', count(plan.unitsPerMinute)],
                  ['Calls at once', count(plan.concurrencyMax)],
                ] as const)
              : []),
          ]}
        />
        <div className="sec">
          <h2>Feedback</h2>
        </div>
        <FeedbackSwitch workspaceId={workspace.id} setting={feedback} mayManage={mayManage} />
      </div>
    </Sheet>
  );
}
