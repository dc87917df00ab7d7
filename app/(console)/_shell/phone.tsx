'use client';
import { Ellipsis, Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { Dialog } from '../../_components/dialog.tsx';
import { Mark } from '../../_components/mark.tsx';
import { Menu } from '../../_components/menu.tsx';
import { ThemeSegments } from '../../_components/theme-choice.tsx';
import { leave } from './leave.ts';
import { MonthRule } from './month-rule.tsx';
import { OnTheWay } from './on-the-way.tsx';
import { Places } from './place-list.tsx';
import { ariaCurrent, placesOf } from './places.ts';
import { useShell } from './shell-context.ts';
import { WorkspaceChoices } from './workspace-menu.tsx';

export function PhoneTop() {
  const { workspace, openPalette } = useShell();
  return (
    <header className="phonetop">
      <Menu
        trigger={
          <button
            type="button"
            className="flex min-w-0 items-center gap-2.5"
            aria-label={`Workspace ${workspace.name}: switch`}
          >
            <Mark />
            <span className="truncate">{workspace.name}</span>
          </button>
        }
      >
        <WorkspaceChoices />
      </Menu>
      <span className="end">
        <button type="button" aria-label="Find or do" onClick={openPalette}>
          <Search size={20} strokeWidth={1.5} aria-hidden />
        </button>
      </span>
    </header>
  );
}

/** The places that are used most; the rest in a sheet. */
export function PhoneBar() {
  const { workspace, account } = useShell();
  const path = usePathname();
  const [open, setOpen] = useState(false);
  const places = placesOf(workspace.slug)
    .flatMap((group) => group.places)
    .slice(0, 4);
  return (
    <nav className="phonebar" aria-label="Places">
      {places.map(({ name, href, icon: Icon }) => (
        <Link key={href} href={href} aria-current={ariaCurrent(path, href)}>
          <Icon strokeWidth={1.5} aria-hidden />
          {name}
          <OnTheWay />
        </Link>
      ))}
      <button type="button" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
        <Ellipsis strokeWidth={1.5} aria-hidden />
        More
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={workspace.name} description={account.email}>
        <div className="content side-sheet">
          <Places onGo={() => setOpen(false)} />
          <div className="mt-3 flex items-center justify-between gap-3">
            <span className="text-dense text-ink-2">Theme</span>
            <ThemeSegments />
          </div>
          <MonthRule workspaceId={workspace.id} />
        </div>
        <footer>
          <button type="button" className="btn edged" onClick={() => void leave()}>
            Sign out
          </button>
          <button type="button" className="btn edged" onClick={() => setOpen(false)}>
            Close
          </button>
        </footer>
      </Dialog>
    </nav>
  );
}
