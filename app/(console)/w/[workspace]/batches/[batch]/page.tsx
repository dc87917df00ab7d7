import type { Metadata } from 'next';
import { batchOf, workspaceOf } from '../../../../../_trpc/server.ts';
import { BatchScreen } from './batch-screen.tsx';

interface BatchPageProps {
  readonly params: Promise<{ workspace: string; batch: string }>;
}

/** As the list shows it. */
export async function generateMetadata({ params }: BatchPageProps): Promise<Metadata> {
  return { title: `Batch ${(await params).batch.slice(0, 14)}` };
}

export default async function BatchPage({ params }: BatchPageProps) {
  const { workspace: slug, batch: batchId } = await params;
  const path = `/w/${slug}/batches/${batchId}`;
  const workspace = await workspaceOf(slug, path);
  const batch = await batchOf(workspace.id, batchId, path);
  return <BatchScreen workspace={workspace} initial={batch} />;
}
