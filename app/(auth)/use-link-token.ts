'use client';
import { useEffect, useState } from 'react';

/**
 * The token of a mailed link. It stands behind the #, so that no server and no log ever sees it; it is taken out of
 * the address bar at once. Undefined until it was read, null when there is none.
 */
export function useLinkToken(): string | null | undefined {
  const [token, setToken] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    const found = new URLSearchParams(window.location.hash.slice(1)).get('token');
    // In development effects run twice: what was read first stays.
    setToken((earlier) => earlier ?? found);
    if (found) window.history.replaceState(null, '', window.location.pathname);
  }, []);
  return token;
}
