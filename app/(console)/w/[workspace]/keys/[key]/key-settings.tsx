'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { planOf } from '#server/domain/billing/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { Field } from '../../../../../_components/field.tsx';
import { Form } from '../../../../../_components/form.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { SubmitButton } from '../../../../../_components/submit-button.tsx';
import { clockTime } from '../../../../../_format/time.ts';
import { useRpc } from '../../../../../_trpc/client.ts';
import { KeyRestrictions, ScopeChoices } from '../../_keys/key-controls.tsx';
import { changesOf, type KeyForm, keyFormOf, readKeyForm } from '../../_keys/key-form.ts';
import { dayOf, endOf } from './last-day.ts';

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
  const [saved, setSaved] = useState({ form, lastDay });
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const [dayIsPartial, setDayIsPartial] = useState(false);
  const dayBox = useRef<HTMLInputElement>(null);
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
  // A date of which a part is missing reads as none, which would mean that the key never expires.
  function checkDay(): boolean {
    const isPartial = dayBox.current?.validity.badInput ?? false;
    setDayIsPartial(isPartial);
    return !isPartial;
  }
  function submit() {
    const before = readKeyForm(saved.form, plan);
    if (!checkDay() || 'errors' in read) return;
    const changes = {
      workspaceId: workspace.id,
      keyId: apiKey.id,
      ...('errors' in before ? read.controls : changesOf(read.controls, before.controls)),
      // Left out where it is as it was: a day has no time, and the key's end has one.
      ...(lastDay !== saved.lastDay && { expiresAt: endOf(lastDay) }),
    };
    change.mutate(changes, { onSuccess: () => setSaved({ form, lastDay }) });
  }

  const errors = 'errors' in read ? read.errors : {};
  const fields = { form, errors, plan, readOnly: !mayManage, onChange: edit };
  return (
    <Form onSubmit={submit} className="grid gap-5">
      <ScopeChoices {...fields} />
      <KeyRestrictions {...fields} />
      <Field
        label="Last day"
        type="date"
        max="9999-12-31"
        ref={dayBox}
        value={lastDay}
        readOnly={!mayManage}
        help="To its end, UTC. Empty: it never expires."
        error={dayIsPartial ? 'Give the whole day, or clear it all: then it never expires.' : undefined}
        onBlur={checkDay}
        onChange={(event) => {
          setSavedAt(null);
          setLastDay(event.target.value);
        }}
      />
      {change.error && <RefusalNote error={change.error} />}
      {mayManage && (
        <div className="flex items-center gap-3">
          <SubmitButton className="btn primary" disabled={change.isPending || 'errors' in read}>
            Save changes
          </SubmitButton>
          <output className="text-dense text-ink-3">
            {savedAt && `Saved ${clockTime(savedAt)} UTC. In force from the next call.`}
          </output>
        </div>
      )}
    </Form>
  );
}
