'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type EndpointItem,
  endpointSettingsSchema,
  subscribableEventTypes,
} from '#server/domain/webhooks/schema.ts';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { Form } from '../../../../../_components/form.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../../_trpc/client.ts';
import { type EndpointDraft, EndpointFields } from '../endpoint-fields.tsx';

export interface EndpointDialogProps {
  readonly workspaceId: string;
  readonly endpointId: string;
  readonly endpoint: EndpointItem;
  readonly onClose: () => void;
}

export function EditEndpointDialog({ workspaceId, endpointId, endpoint, onClose }: EndpointDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<EndpointDraft>({
    url: endpoint.url,
    eventTypes: subscribableEventTypes.filter((type) => endpoint.eventTypes.includes(type)),
  });
  const update = useMutation(
    rpc.webhook.update.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(rpc.webhook.pathFilter());
        onClose();
      },
    }),
  );
  const parsed = endpointSettingsSchema.safeParse(draft);

  function submit() {
    if (parsed.success) update.mutate({ workspaceId, endpointId, ...parsed.data });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Edit endpoint"
      description="What waits goes to the new address as well. The secret stays."
      narrow
    >
      <Form onSubmit={submit}>
        <div className="content grid gap-4">
          <EndpointFields draft={draft} onChange={setDraft} submitted />
          {update.error && <RefusalNote error={update.error} />}
        </div>
        <footer>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={update.isPending || !parsed.success}>
            Save
          </button>
        </footer>
      </Form>
    </Dialog>
  );
}
