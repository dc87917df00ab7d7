'use client';
import { ChevronsUpDown, Keyboard, LogOut, ShieldCheck, UserRound } from 'lucide-react';
import Link from 'next/link';
import { Menu, MenuHead, MenuItem, MenuLine } from '../../_components/menu.tsx';
import { ThemeMenuChoice } from '../../_components/theme-choice.tsx';
import { leave } from './leave.ts';
import { useShell } from './shell-context.ts';

export function UserMenu() {
  const { account, openShortcuts } = useShell();
  return (
    <Menu
      trigger={
        <button type="button" className="who" aria-label={`${account.email}: account`}>
          <span className="avatar" aria-hidden="true">
            {account.email.slice(0, 2).toUpperCase()}
          </span>
          <span>{account.email}</span>
          <ChevronsUpDown size={16} strokeWidth={1.5} className="text-ink-3 ml-auto shrink-0" aria-hidden />
        </button>
      }
    >
      <MenuItem asChild>
        <Link href="/account">
          <UserRound size={16} strokeWidth={1.5} aria-hidden />
          Account and sessions
        </Link>
      </MenuItem>
      {account.isOperator && (
        <MenuItem asChild>
          <Link href="/admin">
            <ShieldCheck size={16} strokeWidth={1.5} aria-hidden />
            Operator
          </Link>
        </MenuItem>
      )}
      <MenuItem onSelect={openShortcuts}>
        <Keyboard size={16} strokeWidth={1.5} aria-hidden />
        Shortcuts
        <span className="end">?</span>
      </MenuItem>
      <MenuLine />
      <MenuHead>Theme</MenuHead>
      <ThemeMenuChoice />
      <MenuLine />
      <MenuItem onSelect={() => void leave()}>
        <LogOut size={16} strokeWidth={1.5} aria-hidden />
        Sign out
      </MenuItem>
    </Menu>
  );
}
