'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type BatchPage, isOpen } from '#server/domain/batches/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import { batchLimits } from '#server/domain/rate-limits/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { CodeSample } from '../../../../_components/code-sample.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { Wait } from '../../../../_components/wait.tsx';
import { batchCalls } from '../../../../_samples/batch-calls.ts';
import { useRpc } from '../../../../_trpc/client.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
import { NewBatchDialog } from './_new/new-batch-dialog.tsx';
import { BatchRows, BatchTable } from './batch-list.tsx';

const openRefreshMs = 2_000;
const idleRefreshMs = 10_000;

interface BatchesScreenProps {
  readonly workspace: WorkspaceItem;
  readonly initial: BatchPage;
  readonly apiUrl: string;
}

export function BatchesScreen({ workspace, initial, apiUrl }: BatchesScreenProps) {
  const rpc = useRpc();
  const router = useRouter();
  const [create, setCreate] = useUrlParam('create');
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    rpc.batch.list.infiniteQueryOptions(
      { workspaceId: workspace.id },
      {
        getNextPageParam: ({ items, hasMore }) => (hasMore ? items.at(-1)?.id : undefined),
        initialData: { pages: [initial], pageParams: [null] },
        // Keys make them, not this page alone: it also listens while none is open.
        refetchInterval: ({ state }) =>
          state.data?.pages.some(({ items }) => items.some(isOpen)) ? openRefreshMs : idleRefreshMs,
      },
    ),
  );
  const batches = data.pages.flatMap(({ items }) => items);
  const home = `/w/${workspace.slug}/batches`;
  const list = { batches, home };
  const mayCreate = roleMay(workspace.role, 'batches:create');
  const begin = mayCreate ? () => setCreate('1') : undefined;

  return (
    <Sheet
      title="Batches"
      actions={
        begin && (
          <button type="button" className="btn primary" onClick={begin}>
            <Plus size={16} strokeWidth={1.5} aria-hidden />
            New batch
          </button>
        )
      }
    >
      {error && (
        <div className="mb-4">
          <RefusalNote error={error} />
        </div>
      )}
      {batches.length === 0 ? (
        <NoBatches workspace={workspace} apiUrl={apiUrl} begin={begin} />
      ) : (
        <>
          <p className="text-small text-ink-3">
            The newest first. Lines run after the calls that somebody waits for.{' '}
            <Link href="/docs/batches">How batches work</Link>
          </p>
          <BatchTable {...list} />
          <BatchRows {...list} />
        </>
      )}
      {hasNextPage && (
        <button
          type="button"
          className="btn edged mt-4"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          Load {batchLimits.pageDefault} more
        </button>
      )}
      {create !== null && mayCreate && (
        <NewBatchDialog
          workspaceId={workspace.id}
          onClose={() => setCreate(null)}
          onStarted={(batchId) => {
            setCreate(null);
            router.push(`${home}/${batchId}`);
          }}
        />
      )}
    </Sheet>
  );
}

interface NoBatchesProps extends Pick<BatchesScreenProps, 'workspace' | 'apiUrl'> {
  /** Undefined: whom the role does not let. */
  readonly begin: (() => void) | undefined;
}

function NoBatches({ workspace, apiUrl, begin }: NoBatchesProps) {
  return (
    <div className="border-line-2 border-y py-10">
      <p className="mb-4 max-w-2xl">
        No batches yet. A batch is a file of requests, one a line, answered within a day.{' '}
        <Link href="/docs/batches">How batches work</Link>
      </p>
      {begin ? (
        <button type="button" className="btn edged" onClick={begin}>
          <Plus size={16} strokeWidth={1.5} aria-hidden />
          Start the first batch
        </button>
      ) : (
        <p className="max-w-xl">
          Lines cost the workspace’s units, and a {workspace.role} starts no batch. An owner or admin can give
          you another role.
        </p>
      )}
      <div className="sec">
        <h2>From your own program</h2>
      </div>
      <p className="mb-3 max-w-xl">
        Put a key in <code>MODELYARD_KEY</code> that has the scope <i>Files and batches</i>.
        {roleMay(workspace.role, 'keys:manage') && (
          <>
            {' '}
            <Link href={`/w/${workspace.slug}/keys?create=1`}>Create one</Link>
          </>
        )}
      </p>
      <CodeSample label="The first batch" variants={batchCalls(apiUrl)} />
      <div className="mt-3">
        <Wait>Listening for the first batch. It shows here within ten seconds.</Wait>
      </div>
    </div>
  );
}
