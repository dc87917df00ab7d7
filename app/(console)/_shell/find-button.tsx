'use client';
import { Search } from 'lucide-react';
import { useCommand } from '../../_components/use-command-key.ts';
import { useShell } from './shell-context.ts';

export function FindButton() {
  const { openPalette } = useShell();
  const command = useCommand('K');
  return (
    <button type="button" className="find" onClick={openPalette}>
      <Search size={16} strokeWidth={1.5} aria-hidden />
      Find or do
      <kbd className="kbd">{command}</kbd>
    </button>
  );
}
