import type { Metadata } from 'next';
import { apiUrl } from '#server/api/addresses.ts';
import { workspaceOf } from '../../../../_trpc/server.ts';
import { PlaygroundCalls } from './playground-calls.tsx';
import { PlaygroundScreen } from './playground-screen.tsx';

export const metadata: Metadata = { title: 'Playground' };

export default async function PlaygroundPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/playground`);
  return (
    <PlaygroundCalls key={workspace.id} workspaceId={workspace.id}>
      <PlaygroundScreen workspace={workspace} apiUrl={apiUrl()} />
    </PlaygroundCalls>
  );
}
