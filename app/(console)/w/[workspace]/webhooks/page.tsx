import type { Metadata } from 'next';
import { caller, workspaceOf } from '../../../../_trpc/server.ts';
import { WebhooksScreen } from './webhooks-screen.tsx';

export const metadata: Metadata = { title: 'Webhooks' };

export default async function WebhooksPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/webhooks`);
  const { webhook } = await caller();
  const endpoints = await webhook.list({ workspaceId: workspace.id });
  return <WebhooksScreen workspace={workspace} initial={endpoints} />;
}
