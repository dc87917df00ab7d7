'use client';
import { useState } from 'react';
import { CreateWorkspaceDialog } from '../_shell/create-workspace-dialog.tsx';

export function NoWorkspace() {
  const [open, setOpen] = useState(false);
  return (
    <main className="sheet">
      <h1 className="text-title font-strong">No workspace yet</h1>
      <p className="text-ink-2 mt-1 mb-4">Keys, usage and quota belong to a workspace.</p>
      <button type="button" className="btn primary" onClick={() => setOpen(true)}>
        Create workspace
      </button>
      <CreateWorkspaceDialog open={open} onOpenChange={setOpen} />
    </main>
  );
}
