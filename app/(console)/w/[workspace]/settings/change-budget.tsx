'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type Budget, budgetSchema } from '#server/domain/billing/schema.ts';
import { BudgetField } from '../../../../_components/budget-field.tsx';
import { Form } from '../../../../_components/form.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { SubmitButton } from '../../../../_components/submit-button.tsx';
import { budgetProblem, readDollars, writeDollars } from '../../../../_format/dollars.ts';
import { clockTime } from '../../../../_format/time.ts';
import { useRpc } from '../../../../_trpc/client.ts';

interface ChangeBudgetProps {
  readonly workspaceId: string;
  readonly budget: Budget | null;
  readonly mayManage: boolean;
}

export function ChangeBudget({ workspaceId, budget, mayManage }: ChangeBudgetProps) {
  const rpc = useRpc();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [fields, setFields] = useState({ usd: writeDollars(budget), isHard: budget?.isHard ?? true });
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const microUsd = readDollars(fields.usd);
  const parsed = budgetSchema
    .nullable()
    .safeParse(microUsd === null ? null : { microUsd, isHard: fields.isHard });
  const change = useMutation(
    rpc.workspace.changeBudget.mutationOptions({
      onSuccess: () => {
        setSavedAt(new Date());
        router.refresh();
        return queryClient.invalidateQueries(rpc.usage.month.queryFilter({ workspaceId }));
      },
    }),
  );

  function submit() {
    if (parsed.success) change.mutate({ workspaceId, budget: parsed.data });
  }

  return (
    <Form onSubmit={submit} className="grid gap-3">
      <BudgetField
        {...fields}
        readOnly={!mayManage}
        error={parsed.success ? undefined : budgetProblem}
        onChange={(changed) => {
          setSavedAt(null);
          setFields(changed);
        }}
      />
      {change.error && <RefusalNote error={change.error} />}
      {mayManage ? (
        <div className="flex items-center gap-3">
          <SubmitButton className="btn edged" disabled={!parsed.success || change.isPending}>
            Save budget
          </SubmitButton>
          <output className="text-dense text-ink-3">{savedAt && `Saved ${clockTime(savedAt)} UTC`}</output>
        </div>
      ) : (
        <p className="help">Owners and admins can change it.</p>
      )}
    </Form>
  );
}
