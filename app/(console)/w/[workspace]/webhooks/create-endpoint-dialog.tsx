'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type CreatedEndpoint,
  endpointSettingsSchema,
  subscribableEventTypes,
} from '#server/domain/webhooks/schema.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Form } from '../../../../_components/form.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../_trpc/client.ts';
import { type EndpointDraft, EndpointFields } from './endpoint-fields.tsx';

interface CreateEndpointDialogProps {
  readonly workspaceId: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onCreated: (created: CreatedEndpoint) => void;
}

const empty: EndpointDraft = { url: '', eventTypes: subscribableEventTypes };

export function CreateEndpointDialog({
  workspaceId,
  open,
  onOpenChange,
  onCreated,
}: CreateEndpointDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(empty);
  const [submitted, setSubmitted] = useState(false);
  const create = useMutation(
    rpc.webhook.create.mutationOptions({
      onSuccess: (created) => {
        setDraft(empty);
        setSubmitted(false);
        onCreated(created);
        return queryClient.invalidateQueries(rpc.webhook.list.queryFilter({ workspaceId }));
      },
    }),
  );

  function submit() {
    setSubmitted(true);
    const parsed = endpointSettingsSchema.safeParse(draft);
    if (parsed.success) create.mutate({ workspaceId, ...parsed.data });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Create endpoint"
      description="It gets a secret of its own, which is shown once."
      narrow
    >
      <Form onSubmit={submit}>
        <div className="content grid gap-4">
          <EndpointFields draft={draft} onChange={setDraft} submitted={submitted} />
          {create.error && <RefusalNote error={create.error} />}
        </div>
        <footer>
          <button type="button" className="btn" onClick={() => onOpenChange(false)}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={create.isPending}>
            {create.isPending ? 'Creating…' : 'Create endpoint'}
          </button>
        </footer>
      </Form>
    </Dialog>
  );
}
