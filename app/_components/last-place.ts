'use client';
import { useEffect } from 'react';

const floating = '[role="dialog"], [data-radix-focus-guard]';
let last: HTMLElement | null = null;

/** Keeps in mind where the focus was last, outside of what floats; of a menu, it is the button that opened it. */
export function useLastPlace(): void {
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement) || target.closest(floating)) return;
      const menu = target.closest('[role="menu"]');
      last = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : target;
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, []);
}

/**
 * Where the focus goes when a dialog closes. Radix would give it back to the dialog's trigger; ours are opened by state,
 * often out of a menu that is gone by then, and the keyboard would begin at the top of the page. Where the place itself
 * is gone, the content is next.
 */
export function backToLastPlace(event: Event): void {
  event.preventDefault();
  // Another one has opened in its stead, and has the focus.
  if (document.querySelector('[role="dialog"]')) return;
  last?.focus({ preventScroll: true });
  if (document.activeElement !== last) document.getElementById('content')?.focus({ preventScroll: true });
}
