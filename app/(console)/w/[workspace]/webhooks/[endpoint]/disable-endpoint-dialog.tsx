'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { useRpc } from '../../../../../_trpc/client.ts';
import type { EndpointDialogProps } from './edit-endpoint-dialog.tsx';

export function DisableEndpointDialog({ workspaceId, endpointId, onClose }: EndpointDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const disable = useMutation(
    rpc.webhook.disable.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(rpc.webhook.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Disable this endpoint?" narrow>
      <div className="content grid gap-4">
        <Ledger
          lines={[
            ['What happens from now on', 'is not kept for it'],
            ['Deliveries that wait', 'are cancelled, and can be sent again'],
            ['Its secret and its log', 'stay'],
            ['Undo', 'enable it'],
          ]}
        />
        {disable.error && <RefusalNote error={disable.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Keep it enabled
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={disable.isPending}
          onClick={() => disable.mutate({ workspaceId, endpointId })}
        >
          Disable
        </button>
      </footer>
    </Dialog>
  );
}
