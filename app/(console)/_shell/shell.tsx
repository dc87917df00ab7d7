'use client';
import { type ReactNode, useState } from 'react';
import type { Profile } from '#server/domain/accounts/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { useLastPlace } from '../../_components/last-place.ts';
import { CreateWorkspaceDialog } from './create-workspace-dialog.tsx';
import { FindButton } from './find-button.tsx';
import { MonthRule } from './month-rule.tsx';
import { Palette } from './palette.tsx';
import { PhoneBar, PhoneTop } from './phone.tsx';
import { Places } from './place-list.tsx';
import { ShellContext } from './shell-context.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { UserMenu } from './user-menu.tsx';
import { WorkspaceMenu } from './workspace-menu.tsx';

export interface ShellProps {
  readonly account: Profile;
  readonly workspace: WorkspaceItem;
  readonly workspaces: readonly WorkspaceItem[];
}

type Overlay = 'palette' | 'shortcuts' | 'create-workspace' | null;

/** The console's frame: places on the bench, the sheet beside it. */
export function Shell({ children, ...props }: ShellProps & { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  useShortcuts(props.workspace.slug, setOverlay);
  useLastPlace();
  const openWhen = (name: Overlay) => ({
    open: overlay === name,
    onOpenChange: (open: boolean) => setOverlay(open ? name : null),
  });
  const menus = { ...props, onCreateWorkspace: () => setOverlay('create-workspace') };

  return (
    <ShellContext
      value={{
        ...menus,
        openPalette: () => setOverlay('palette'),
        openShortcuts: () => setOverlay('shortcuts'),
      }}
    >
      <a className="btn primary skip" href="#content">
        To the content
      </a>
      <div className="shell">
        <aside className="side" aria-label="Workspace">
          <WorkspaceMenu />
          <FindButton />
          <Places />
          <MonthRule workspaceId={props.workspace.id} />
          <UserMenu />
        </aside>
        <div className="main">
          <PhoneTop />
          {children}
        </div>
      </div>
      <PhoneBar />
      <Palette {...openWhen('palette')} />
      <ShortcutsDialog {...openWhen('shortcuts')} />
      <CreateWorkspaceDialog {...openWhen('create-workspace')} />
    </ShellContext>
  );
}
