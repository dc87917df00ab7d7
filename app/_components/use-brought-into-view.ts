'use client';
import { type RefObject, useEffect, useRef } from 'react';

/** What of it has to be seen for the rest to be looked for. */
const seenPx = 120;

/** Scrolls to the answer once a run begins, where it stands below the fold: on phones, under what was asked. */
export function useBroughtIntoView<E extends HTMLElement>(running: boolean): RefObject<E | null> {
  const answer = useRef<E>(null);
  useEffect(() => {
    const element = answer.current;
    if (!running || !element) return;
    if (element.getBoundingClientRect().top < window.innerHeight - seenPx) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.scrollIntoView({ behavior: still ? 'auto' : 'smooth' });
  }, [running]);
  return answer;
}
