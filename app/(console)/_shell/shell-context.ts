'use client';
import { createContext, useContext } from 'react';
import type { Profile } from '#server/domain/accounts/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';

interface ShellValue {
  readonly account: Profile;
  readonly workspace: WorkspaceItem;
  readonly workspaces: readonly WorkspaceItem[];
  readonly onCreateWorkspace: () => void;
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
}

export const ShellContext = createContext<ShellValue | null>(null);

export function useShell(): ShellValue {
  const value = useContext(ShellContext);
  if (!value) throw new Error('useShell is for what stands inside the Shell');
  return value;
}
