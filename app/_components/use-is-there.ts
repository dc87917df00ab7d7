'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** Whether React is there: false on the server, and in the browser until the page's code has come. */
export function useIsThere(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
