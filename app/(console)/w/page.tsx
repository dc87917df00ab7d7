import { redirect } from 'next/navigation';
import { signedIn } from '../../_trpc/server.ts';
import { NoWorkspace } from './no-workspace.tsx';

/** The console's front door: the first workspace. */
export default async function ConsolePage() {
  const [, workspaces] = await signedIn('/w');
  const first = workspaces[0];
  if (first) redirect(`/w/${first.slug}`);
  return <NoWorkspace />;
}
