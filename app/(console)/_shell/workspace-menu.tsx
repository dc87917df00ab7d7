'use client';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Mark } from '../../_components/mark.tsx';
import { Menu, MenuChoice, MenuHead, MenuItem, MenuLine } from '../../_components/menu.tsx';
import { useShell } from './shell-context.ts';

export function WorkspaceMenu() {
  const { workspace } = useShell();
  return (
    <Menu
      trigger={
        <button type="button" className="ws" aria-label={`Workspace ${workspace.name}: switch`}>
          <Mark />
          <span>{workspace.name}</span>
          <ChevronsUpDown size={16} strokeWidth={1.5} aria-hidden />
        </button>
      }
    >
      <WorkspaceChoices />
    </Menu>
  );
}

export function WorkspaceChoices() {
  const { workspace, workspaces, onCreateWorkspace } = useShell();
  const router = useRouter();
  return (
    <>
      <MenuHead>Workspaces</MenuHead>
      <MenuChoice
        label="Workspace"
        value={workspace.slug}
        onChange={(slug) => router.push(`/w/${slug}`)}
        options={workspaces.map(({ slug, name }) => ({ value: slug, label: name }))}
      />
      <MenuLine />
      <MenuItem onSelect={onCreateWorkspace}>
        <Plus size={16} strokeWidth={1.5} aria-hidden />
        Create workspace
      </MenuItem>
    </>
  );
}
