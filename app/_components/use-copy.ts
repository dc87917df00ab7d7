'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { copyText } from './copy-text.ts';

const shownMs = 2_000;

/** Copies a text, and says for two seconds that it did. */
export function useCopy(): { copied: boolean; failed: boolean; copy: (text: string) => Promise<boolean> } {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = useCallback(async (text: string) => {
    const done = await copyText(text);
    setState(done ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), shownMs);
    return done;
  }, []);

  return { copied: state === 'copied', failed: state === 'failed', copy };
}
