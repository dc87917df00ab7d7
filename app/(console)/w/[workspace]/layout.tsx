import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { signedIn } from '../../../_trpc/server.ts';
import { Shell } from '../../_shell/shell.tsx';

interface WorkspaceLayoutProps {
  readonly params: Promise<{ workspace: string }>;
  readonly children: ReactNode;
}

export default async function WorkspaceLayout({ params, children }: WorkspaceLayoutProps) {
  const { workspace: slug } = await params;
  const [account, workspaces] = await signedIn(`/w/${slug}`);
  const workspace = workspaces.find((item) => item.slug === slug);
  if (!workspace) notFound();
  return (
    <Shell account={account} workspace={workspace} workspaces={workspaces}>
      {children}
    </Shell>
  );
}
