import type { Metadata } from 'next';
import { apiUrl } from '#server/api/addresses.ts';
import { caller, workspaceOf } from '../../../../_trpc/server.ts';
import { KeysScreen } from './keys-screen.tsx';

export const metadata: Metadata = { title: 'API keys' };

export default async function KeysPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/keys`);
  const { apiKey } = await caller();
  const keys = await apiKey.list({ workspaceId: workspace.id });
  return <KeysScreen workspace={workspace} initial={keys} apiUrl={apiUrl()} />;
}
