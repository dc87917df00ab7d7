'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { type BatchDetail, isCancellable, isOpen } from '#server/domain/batches/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../../_trpc/client.ts';
import { Sheet } from '../../../../_shell/sheet.tsx';
import { BatchFacts } from './batch-facts.tsx';
import { BatchFiles } from './batch-files.tsx';
import { CancelBatchDialog } from './cancel-batch-dialog.tsx';
import { LineErrors } from './line-errors.tsx';

const refreshMs = 2_000;

interface BatchScreenProps {
  readonly workspace: WorkspaceItem;
  readonly initial: BatchDetail;
}

export function BatchScreen({ workspace, initial }: BatchScreenProps) {
  const rpc = useRpc();
  const [cancelling, setCancelling] = useState(false);
  const one = { workspaceId: workspace.id, batchId: initial.id };
  const { data: batch, error } = useQuery(
    rpc.batch.get.queryOptions(one, {
      initialData: initial,
      refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? refreshMs : false),
    }),
  );
  const mayCancel = roleMay(workspace.role, 'batches:manage') && isCancellable(batch);

  return (
    <Sheet
      title="Batch"
      actions={
        mayCancel && (
          <button type="button" className="btn edged" onClick={() => setCancelling(true)}>
            Cancel batch…
          </button>
        )
      }
    >
      <p className="text-small mb-4">
        <Link href={`/w/${workspace.slug}/batches`}>All batches</Link>
      </p>
      {error && (
        <div className="mb-4">
          <RefusalNote error={error} />
        </div>
      )}
      <BatchFacts batch={batch} />
      {batch.errors.length > 0 && <LineErrors batch={batch} />}
      <BatchFiles
        batch={batch}
        workspaceId={workspace.id}
        mayDownload={roleMay(workspace.role, 'files:read')}
      />
      {cancelling && <CancelBatchDialog {...one} batch={batch} onClose={() => setCancelling(false)} />}
    </Sheet>
  );
}
