'use client';
import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** A filter that lives in the address: it can be linked, and Back works. Null takes it out. */
export function useUrlParam(name: string): readonly [string | null, (value: string | null) => void] {
  const params = useSearchParams();
  const set = useCallback(
    (value: string | null) => {
      const next = new URLSearchParams(window.location.search);
      if (value) next.set(name, value);
      else next.delete(name);
      const query = next.toString();
      window.history.replaceState(null, '', query ? `?${query}` : window.location.pathname);
    },
    [name],
  );
  return [params.get(name), set];
}
