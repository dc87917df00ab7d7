'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type BatchPage, isOpen } from '#server/domain/batches/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import { batchLimits } from '#server/domain/rate-limits/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { CodeSample } from '../../../../_components/code-sample.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { Wait } from '../../../../_components/wait.tsx';
import { batchCalls } from '../../../../_samples/batch-calls.ts';
import { useRpc } from '../../../../_trpc/client.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
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
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    rpc.batch.list.infiniteQueryOptions(
      { workspaceId: workspace.id },
      {
        getNextPageParam: ({ items, hasMore }) => (hasMore ? items.at(-1)?.id : undefined),
        initialData: { pages: [initial], pageParams: [null] },
        // A key makes them, not this page: it also listens while none is open.
        refetchInterval: ({ state }) =>
          state.data?.pages.some(({ items }) => items.some(isOpen)) ? openRefreshMs : idleRefreshMs,
      },
    ),
  );
  const batches = data.pages.flatMap(({ items }) => items);
  const list = { batches, home: `/w/${workspace.slug}/batches` };

  return (
    <Sheet title="Batches">
      {error && (
        <div className="mb-4">
          <RefusalNote error={error} />
        </div>
      )}
      {batches.length === 0 ? (
        <NoBatches workspace={workspace} apiUrl={apiUrl} />
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
    </Sheet>
  );
}

function NoBatches({ workspace, apiUrl }: Pick<BatchesScreenProps, 'workspace' | 'apiUrl'>) {
  return (
    <div className="border-line-2 border-y py-10">
      <p className="mb-4 max-w-2xl">
        No batches yet. A batch is a file of requests, one a line, answered within a day.{' '}
        <Link href="/docs/batches">How batches work</Link>
      </p>
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
