'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { apiKeyNameSchema, type CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { planOf } from '#server/domain/billing/schema.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Field } from '../../../../_components/field.tsx';
import { Form } from '../../../../_components/form.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../_trpc/client.ts';
import { useShell } from '../../../_shell/shell-context.ts';
import { KeyRestrictions, ScopeChoices } from './key-controls.tsx';
import { type KeyForm, newKeyForm, readKeyForm } from './key-form.ts';

interface CreateKeyDialogProps {
  readonly workspaceId: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onCreated: (created: CreatedApiKey) => void;
}

const lifetimes = [
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
  { days: 365, name: '1 year' },
  { days: null, name: 'Never' },
] as const;

export function CreateKeyDialog({ workspaceId, open, onOpenChange, onCreated }: CreateKeyDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const plan = planOf(useShell().workspace.planId);
  const expiryId = useId();
  const [name, setName] = useState('');
  const [lifetime, setLifetime] = useState('365');
  const [form, setForm] = useState<KeyForm>(newKeyForm);
  const [restricts, setRestricts] = useState(false);
  const [submitted, setSubmitted] = useState(false);
  const parsed = apiKeyNameSchema.safeParse(name);
  const read = readKeyForm(form, plan);
  const errors = submitted && 'errors' in read ? read.errors : {};
  const create = useMutation(
    rpc.apiKey.create.mutationOptions({
      onSuccess: (created) => {
        setName('');
        setForm(newKeyForm);
        setRestricts(false);
        setSubmitted(false);
        onCreated(created);
        return queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId }));
      },
    }),
  );

  function submit() {
    setSubmitted(true);
    if ('errors' in read && !read.errors['scopes']) setRestricts(true);
    if (!parsed.success || 'errors' in read) return;
    create.mutate({
      workspaceId,
      name: parsed.data,
      expiresInDays: lifetime === '' ? null : Number(lifetime),
      ...read.controls,
    });
  }

  const fields = {
    form,
    errors,
    plan,
    onChange: (changed: Partial<KeyForm>) => setForm({ ...form, ...changed }),
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Create key"
      description="The key is shown once, next. All of this can be changed later."
    >
      <Form onSubmit={submit}>
        <div className="content grid gap-4">
          <Field
            label="Name"
            help="Where it will be used: web-production, nightly-batch."
            value={name}
            autoFocus
            autoComplete="off"
            maxLength={60}
            error={submitted && !parsed.success ? parsed.error.issues[0]?.message : undefined}
            onChange={(event) => setName(event.target.value)}
          />
          <ScopeChoices {...fields} />
          <div className="field">
            <label className="label" htmlFor={expiryId}>
              Expires
            </label>
            <select
              id={expiryId}
              className="input"
              value={lifetime}
              onChange={(event) => setLifetime(event.target.value)}
            >
              {lifetimes.map(({ days, name: label }) => (
                <option key={label} value={days ?? ''}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          <details open={restricts} onToggle={(event) => setRestricts(event.currentTarget.open)}>
            <summary className="text-dense text-petrol min-h-7 cursor-pointer">
              Models, addresses, browsers, limits, budget
            </summary>
            <div className="mt-3 grid gap-4">
              <KeyRestrictions {...fields} />
            </div>
          </details>
          {create.error && <RefusalNote error={create.error} />}
        </div>
        <footer>
          <button type="button" className="btn" onClick={() => onOpenChange(false)}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={create.isPending}>
            {create.isPending ? 'Creating…' : 'Create key'}
          </button>
        </footer>
      </Form>
    </Dialog>
  );
}
