import type { Metadata } from 'next';
import { planOf, plans } from '#server/domain/billing/schema.ts';
import { caller, workspaceOf } from '../../../../_trpc/server.ts';
import { SettingsScreen } from './settings-screen.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/settings`);
  const rpc = await caller();
  const [month, feedback] = await Promise.all([
    rpc.usage.month({ workspaceId: workspace.id }),
    rpc.workspace.feedback({ workspaceId: workspace.id }),
  ]);
  const plan = month.planId in plans ? planOf(month.planId) : null;
  return <SettingsScreen workspace={workspace} month={month} plan={plan} feedback={feedback} />;
}
