'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { placesOf } from './places.ts';

const sequenceMs = 1_200;

/** ⌘K or Ctrl K, ?, and G followed by a place. Never while something is being typed or a dialog is open. */
export function useShortcuts(slug: string, open: (overlay: 'palette' | 'shortcuts') => void): void {
  const router = useRouter();
  useEffect(() => {
    let goPressedAt = 0;
    const destinations = new Map(
      placesOf(slug).flatMap((group) => group.places.map((place) => [place.key, place.href])),
    );

    function onKeyDown(event: KeyboardEvent) {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return open('palette');
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isBusy(event.target)) return;
      if (event.key === '?') return open('shortcuts');
      const destination = destinations.get(event.key);
      if (destination && event.timeStamp - goPressedAt < sequenceMs) router.push(destination);
      goPressedAt = event.key === 'g' ? event.timeStamp : 0;
    }

    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [slug, open, router]);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.matches('input, textarea, select, [contenteditable]') ||
    target.closest('[role="dialog"], [role="menu"]') !== null
  );
}
