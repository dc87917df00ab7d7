import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { signedIn } from '../../_trpc/server.ts';
import { Shell } from '../_shell/shell.tsx';

export default async function AccountLayout({ children }: { children: ReactNode }) {
  const [account, workspaces] = await signedIn('/account');
  const workspace = workspaces[0];
  if (!workspace) redirect('/w');
  return (
    <Shell account={account} workspace={workspace} workspaces={workspaces}>
      {children}
    </Shell>
  );
}
