import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '#server/api/root.ts';

export function isRpcError(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}

export interface Refusal {
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** The field that is wrong. */
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
}

/** What went wrong, in a shape that forms and notes can show. */
export function refusalOf(error: unknown): Refusal {
  if (isRpcError(error) && error.data) {
    const { domainCode, param, retryAfterMs, requestId } = error.data;
    return {
      code: domainCode,
      message: error.message,
      param: param ?? undefined,
      retryAfterMs: retryAfterMs ?? undefined,
      requestId: requestId ?? undefined,
    };
  }
  return {
    code: 'unreachable',
    message: 'The server did not answer. Nothing was changed. Check the connection and try again.',
    param: undefined,
    retryAfterMs: undefined,
    requestId: undefined,
  };
}
