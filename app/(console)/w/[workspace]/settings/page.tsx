import type { Metadata } from 'next';
import { planOf, plans } from '#server/domain/billing/schema.ts';
import { caller, workspaceOf } from '../../../../_trpc/server.ts';
import { SettingsScreen } from './settings-screen.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/settings`);
  const { usage } = await caller();
  const month = await usage.month({ workspaceId: workspace.id });
  const known = month.planId in plans;
  return <SettingsScreen workspace={workspace} month={month} plan={known ? planOf(month.planId) : null} />;
}
