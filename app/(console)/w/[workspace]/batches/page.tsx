import type { Metadata } from 'next';
import { apiUrl } from '#server/api/addresses.ts';
import { caller, workspaceOf } from '../../../../_trpc/server.ts';
import { BatchesScreen } from './batches-screen.tsx';

export const metadata: Metadata = { title: 'Batches' };

export default async function BatchesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/batches`);
  const { batch } = await caller();
  const batches = await batch.list({ workspaceId: workspace.id });
  return <BatchesScreen workspace={workspace} initial={batches} apiUrl={apiUrl()} />;
}
