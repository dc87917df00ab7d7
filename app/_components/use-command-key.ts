'use client';
import { useSyncExternalStore } from 'react';
import { isApple } from './is-apple.ts';

const never = () => () => {};

/** The name of the key that is held for commands: ⌘ on Apple's keyboards, Ctrl on all others. */
export function useCommandKey(): '⌘' | 'Ctrl' {
  return useSyncExternalStore(
    never,
    () => (isApple(navigator.userAgent) ? '⌘' : 'Ctrl'),
    () => 'Ctrl',
  );
}

/** A command as it stands on a button: ⌘K, or Ctrl K. */
export function useCommand(key: string): string {
  const command = useCommandKey();
  return command === '⌘' ? `⌘${key}` : `${command} ${key}`;
}
