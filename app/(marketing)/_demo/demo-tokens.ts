'use client';
import { useMemo } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import type { Calls } from '../../_calls/calls-context.ts';
import { isLasting } from '../../_calls/is-lasting.ts';
import { useRpcClient } from '../../_trpc/client.ts';

/** Kept in the tab: a visitor who comes back to the page does not need another one. */
const storageKey = 'demo-token';

export function useDemoCalls(): Calls {
  const rpc = useRpcClient();
  return useMemo(
    () => ({
      comesBack: true,
      async takeKey(signal) {
        const stored = storedToken();
        if (stored) return stored;
        const token = await rpc.demo.token.mutate(undefined, { signal });
        storeToken(token);
        return token;
      },
      dropKey: () => storeToken(null),
    }),
    [rpc],
  );
}

function storedToken(): ShortLivedKey | null {
  try {
    const parsed = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null') as ShortLivedKey | null;
    if (!parsed) return null;
    const token = { ...parsed, expiresAt: new Date(parsed.expiresAt) };
    return isLasting(token) ? token : null;
  } catch {
    return null;
  }
}

function storeToken(token: ShortLivedKey | null): void {
  try {
    if (token) sessionStorage.setItem(storageKey, JSON.stringify(token));
    else sessionStorage.removeItem(storageKey);
  } catch {
    // Without storage each visit asks for a token of its own.
  }
}
