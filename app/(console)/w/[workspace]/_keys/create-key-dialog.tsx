'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { apiKeyAccess, apiKeyNameSchema, type CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Field } from '../../../../_components/field.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../_trpc/client.ts';

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

const accesses = [
  { access: 'models', name: 'Every model' },
  { access: 'models and usage', name: 'Every model, usage and receipts' },
  { access: 'models and batches', name: 'Every model, files and batches' },
  { access: 'usage', name: 'Usage and receipts' },
] as const satisfies readonly { access: keyof typeof apiKeyAccess; name: string }[];
type Access = (typeof accesses)[number]['access'];

export function CreateKeyDialog({ workspaceId, open, onOpenChange, onCreated }: CreateKeyDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const expiryId = useId();
  const accessId = useId();
  const [name, setName] = useState('');
  const [lifetime, setLifetime] = useState('365');
  const [access, setAccess] = useState<Access>('models');
  const [submitted, setSubmitted] = useState(false);
  const parsed = apiKeyNameSchema.safeParse(name);
  const create = useMutation(
    rpc.apiKey.create.mutationOptions({
      onSuccess: (created) => {
        setName('');
        setAccess('models');
        setSubmitted(false);
        onCreated(created);
        return queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId }));
      },
    }),
  );

  function submit(event: FormEvent) {
    event.preventDefault();
    setSubmitted(true);
    if (!parsed.success) return;
    create.mutate({
      workspaceId,
      name: parsed.data,
      expiresInDays: lifetime === '' ? null : Number(lifetime),
      scopes: [...apiKeyAccess[access]],
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Create key"
      description="Its limits are those of the workspace’s plan."
      narrow
    >
      <form onSubmit={submit} noValidate>
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
          <div className="field">
            <label className="label" htmlFor={accessId}>
              Access
            </label>
            <select
              id={accessId}
              className="input"
              value={access}
              onChange={(event) => setAccess(event.target.value as Access)}
            >
              {accesses.map(({ access: each, name: label }) => (
                <option key={each} value={each}>
                  {label}
                </option>
              ))}
            </select>
          </div>
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
      </form>
    </Dialog>
  );
}
