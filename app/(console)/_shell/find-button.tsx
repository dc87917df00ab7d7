'use client';
import { Search } from 'lucide-react';
import { useShell } from './shell-context.ts';

export function FindButton() {
  const { openPalette } = useShell();
  return (
    <button type="button" className="find" onClick={openPalette}>
      <Search size={16} strokeWidth={1.5} aria-hidden />
      Find or do
      <kbd className="kbd">⌘K</kbd>
    </button>
  );
}
