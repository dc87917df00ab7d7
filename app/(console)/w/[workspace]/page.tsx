import type { Metadata } from 'next';
import { apiUrl } from '#server/api/addresses.ts';
import { caller, workspaceOf } from '../../../_trpc/server.ts';
import { StartScreen } from './start-screen.tsx';

export const metadata: Metadata = { title: 'Start' };

export default async function StartPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}`);
  const { apiKey, usage } = await caller();
  const [keys, overview] = await Promise.all([
    apiKey.list({ workspaceId: workspace.id }),
    usage.overview({ workspaceId: workspace.id, range: '30d' }),
  ]);
  return <StartScreen workspace={workspace} keys={keys} overview={overview} apiUrl={apiUrl()} />;
}
