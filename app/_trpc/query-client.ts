import { QueryClient } from '@tanstack/react-query';
import { isRpcError } from './rpc-error.ts';

/** Refusals are answers: only our own failures and lost connections are tried again. */
function retry(failures: number, error: Error): boolean {
  if (isRpcError(error) && error.data && error.data.httpStatus < 500) return false;
  return failures < 2;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 5_000, retry }, mutations: { retry: false } },
  });
}
