'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { useRpc } from '../../../../../_trpc/client.ts';
import type { EndpointDialogProps } from './edit-endpoint-dialog.tsx';

interface DeleteEndpointDialogProps extends EndpointDialogProps {
  /** Where to go from what is no longer there. */
  readonly home: string;
}

export function DeleteEndpointDialog(props: DeleteEndpointDialogProps) {
  const { workspaceId, endpointId, endpoint, home, onClose } = props;
  const rpc = useRpc();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(
    rpc.webhook.delete.mutationOptions({
      onSuccess: async () => {
        router.push(home);
        await queryClient.invalidateQueries(rpc.webhook.list.queryFilter({ workspaceId }));
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${new URL(endpoint.url).host}?`}
      narrow
    >
      <div className="content grid gap-4">
        <Ledger
          lines={[
            ['From now on', 'nothing is sent to it'],
            ['Deliveries that wait', 'go'],
            ['Its secret and its log', 'go'],
            ['Undo', 'none: make a new endpoint'],
          ]}
        />
        {remove.error && <RefusalNote error={remove.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          className="btn destroy"
          disabled={remove.isPending}
          onClick={() => remove.mutate({ workspaceId, endpointId })}
        >
          Delete endpoint
        </button>
      </footer>
    </Dialog>
  );
}
