import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { apiUrl } from '#server/api/addresses.ts';
import { caller, workspaceOf } from '../../../../../_trpc/server.ts';
import { KeyScreen } from './key-screen.tsx';

export const metadata: Metadata = { title: 'API key' };

export default async function KeyPage({ params }: { params: Promise<{ workspace: string; key: string }> }) {
  const { workspace: slug, key: keyId } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/keys/${keyId}`);
  const { apiKey } = await caller();
  const keys = await apiKey.list({ workspaceId: workspace.id });
  if (!keys.some(({ id }) => id === keyId)) notFound();
  return <KeyScreen workspace={workspace} keyId={keyId} initial={keys} apiUrl={apiUrl()} />;
}
