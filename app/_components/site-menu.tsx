'use client';
import { Menu as MenuIcon } from 'lucide-react';
import Link from 'next/link';
import { docsPages } from '../docs/docs-pages.ts';
import { Menu, MenuHead, MenuItem, MenuLine } from './menu.tsx';
import { sitePlaces } from './site-places.ts';
import { ThemeMenuChoice } from './theme-choice.tsx';

/** On phones: the places, the documents, the theme. */
export function SiteMenu({ signedIn }: { signedIn: boolean }) {
  return (
    <div className="md:hidden">
      <Menu
        align="end"
        trigger={
          <button type="button" className="btn square" aria-label="Menu">
            <MenuIcon size={20} strokeWidth={1.5} aria-hidden />
          </button>
        }
      >
        {sitePlaces.slice(0, 2).map(({ name, href }) => (
          <MenuItem key={href} asChild>
            <Link href={href}>{name}</Link>
          </MenuItem>
        ))}
        {!signedIn && (
          <MenuItem asChild>
            <Link href="/sign-in">Sign in</Link>
          </MenuItem>
        )}
        <MenuLine />
        <MenuHead>Docs</MenuHead>
        {docsPages.map(({ title, href }) => (
          <MenuItem key={href} asChild>
            <Link href={href}>{title}</Link>
          </MenuItem>
        ))}
        <MenuLine />
        <MenuHead>Theme</MenuHead>
        <ThemeMenuChoice />
      </Menu>
    </div>
  );
}
