'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BatchDetail } from '#server/domain/batches/schema.ts';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { plural } from '../../../../../_format/number.ts';
import { useRpc } from '../../../../../_trpc/client.ts';

interface CancelBatchDialogProps {
  readonly workspaceId: string;
  readonly batchId: string;
  readonly batch: BatchDetail;
  readonly onClose: () => void;
}

export function CancelBatchDialog({ workspaceId, batchId, batch, onClose }: CancelBatchDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const cancel = useMutation(
    rpc.batch.cancel.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(rpc.batch.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Cancel this batch?" narrow>
      <div className="content grid gap-4">
        <Ledger
          lines={[
            [`${plural(batch.completed, 'line')} done so far`, 'in the output, and billed'],
            ['Lines under way', 'are answered first'],
            ['All others', 'are left out, and not billed'],
            ['Undo', 'none: make a new batch'],
          ]}
        />
        {cancel.error && <RefusalNote error={cancel.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Let it run
        </button>
        <button
          type="button"
          className="btn destroy"
          disabled={cancel.isPending}
          onClick={() => cancel.mutate({ workspaceId, batchId })}
        >
          {cancel.isPending ? 'Cancelling…' : 'Cancel batch'}
        </button>
      </footer>
    </Dialog>
  );
}
