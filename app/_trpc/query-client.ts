import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isRpcError } from './rpc-error.ts';

/** Refusals are answers: only our own failures and lost connections are tried again. */
function retry(failures: number, error: Error): boolean {
  if (isRpcError(error) && error.data && error.data.httpStatus < 500) return false;
  return failures < 2;
}

/** A session that was ended elsewhere: a page that is open notices at its next call, and goes to the door. */
function onError(error: Error): void {
  if (!isRpcError(error) || error.data?.domainCode !== 'not_signed_in') return;
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/**
 * Asked without a network too, so that a failure is seen at once: by default a change would wait in silence, and be
 * made on its own when the network is back.
 */
const networkMode = 'always';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: 5_000, retry, networkMode },
      mutations: { retry: false, networkMode },
    },
  });
}
