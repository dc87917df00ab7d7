'use client';
import { createContext, useContext } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';

/** With what key a page calls the public API. */
export interface Calls {
  takeKey(signal: AbortSignal): Promise<ShortLivedKey>;
  /** The API did not take the one that it was given. */
  dropKey(): void;
  /** Whether a call that was told to come back does so by itself. */
  readonly comesBack: boolean;
}

export const CallsContext = createContext<Calls | null>(null);

/** The same at every render. */
export function useCalls(): Calls {
  const calls = useContext(CallsContext);
  if (!calls) throw new Error('useCalls is for what stands inside the CallsContext');
  return calls;
}
