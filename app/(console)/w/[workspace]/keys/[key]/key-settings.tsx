'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { planOf } from '#server/domain/billing/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { Field } from '../../../../../_components/field.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { clockTime } from '../../../../../_format/time.ts';
import { useRpc } from '../../../../../_trpc/client.ts';
import { KeyRestrictions, ScopeChoices } from '../../_keys/key-controls.tsx';
import { type KeyForm, keyFormOf, readKeyForm } from '../../_keys/key-form.ts';

interface KeySettingsProps {
  readonly workspace: WorkspaceItem;
  readonly apiKey: ApiKeyItem;
  readonly mayManage: boolean;
}

export function KeySettings({ workspace, apiKey, mayManage }: KeySettingsProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const plan = planOf(workspace.planId);
  const [form, setForm] = useState<KeyForm>(() => keyFormOf(apiKey, plan));
  const [lastDay, setLastDay] = useState(() => dayOf(apiKey.expiresAt));
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const read = readKeyForm(form, plan);
  const change = useMutation(
    rpc.apiKey.change.mutationOptions({
      onSuccess: () => {
        setSavedAt(new Date());
        return queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId: workspace.id }));
      },
    }),
  );

  function edit(changed: Partial<KeyForm>) {
    setSavedAt(null);
    setForm({ ...form, ...changed });
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if ('errors' in read) return;
    change.mutate({
      workspaceId: workspace.id,
      keyId: apiKey.id,
      ...read.controls,
      // Left out where it is as it was: a day has no time, and the key's end has one.
      ...(lastDay !== dayOf(apiKey.expiresAt) && { expiresAt: endOf(lastDay) }),
    });
  }

  const errors = 'errors' in read ? read.errors : {};
  const fields = { form, errors, plan, readOnly: !mayManage, onChange: edit };
  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <ScopeChoices {...fields} />
      <KeyRestrictions {...fields} />
      <Field
        label="Last day"
        type="date"
        value={lastDay}
        readOnly={!mayManage}
        help="To its end, UTC. Empty: it never expires."
        onChange={(event) => {
          setSavedAt(null);
          setLastDay(event.target.value);
        }}
      />
      {change.error && <RefusalNote error={change.error} />}
      {mayManage && (
        <div className="flex items-center gap-3">
          <button type="submit" className="btn primary" disabled={change.isPending || 'errors' in read}>
            Save changes
          </button>
          <output className="text-dense text-ink-3">
            {savedAt && `Saved ${clockTime(savedAt)}. In force from the next call.`}
          </output>
        </div>
      )}
    </form>
  );
}

function dayOf(at: Date | null): string {
  return at ? at.toISOString().slice(0, 10) : '';
}

function endOf(day: string): Date | null {
  return day === '' ? null : new Date(`${day}T23:59:59.999Z`);
}
