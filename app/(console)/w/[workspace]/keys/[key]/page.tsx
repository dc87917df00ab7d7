import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { apiUrl } from '#server/api/addresses.ts';
import { caller, workspaceOf } from '../../../../../_trpc/server.ts';
import { KeyScreen } from './key-screen.tsx';

interface KeyPageProps {
  readonly params: Promise<{ workspace: string; key: string }>;
}

/** Once a request: the tab is named after the key. */
const keyOf = cache(async (slug: string, keyId: string) => {
  const workspace = await workspaceOf(slug, `/w/${slug}/keys/${keyId}`);
  const { apiKey } = await caller();
  const keys = await apiKey.list({ workspaceId: workspace.id });
  const key = keys.find(({ id }) => id === keyId);
  if (!key) notFound();
  return { workspace, keys, key };
});

export async function generateMetadata({ params }: KeyPageProps): Promise<Metadata> {
  const { workspace, key } = await params;
  return { title: (await keyOf(workspace, key)).key.name };
}

export default async function KeyPage({ params }: KeyPageProps) {
  const { workspace: slug, key: keyId } = await params;
  const { workspace, keys } = await keyOf(slug, keyId);
  return <KeyScreen workspace={workspace} keyId={keyId} initial={keys} apiUrl={apiUrl()} />;
}
