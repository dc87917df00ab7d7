import type { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { DomainError, type ErrorCode } from '#server/domain/errors.ts';

/** The part of an error that leaves the server, beside tRPC's own code and HTTP status. */
export interface PublicError {
  readonly message: string;
  readonly domainCode: ErrorCode;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
}

export function formatError(error: TRPCError, requestId: string | undefined): PublicError {
  const { cause } = error;
  if (cause instanceof DomainError) {
    return {
      message: cause.message,
      domainCode: cause.code,
      param: cause.param,
      retryAfterMs: cause.retryAfterMs,
      requestId,
    };
  }
  const plain = { param: undefined, retryAfterMs: undefined, requestId };
  if (cause instanceof ZodError) {
    const issue = cause.issues[0];
    const param = issue?.path.join('.') || undefined;
    return {
      ...plain,
      param,
      domainCode: 'invalid_request',
      message: issue?.message ?? 'The input is not valid.',
    };
  }
  switch (error.code) {
    case 'PARSE_ERROR':
      return { ...plain, domainCode: 'invalid_json', message: 'The body is not valid JSON.' };
    case 'BAD_REQUEST':
      return { ...plain, domainCode: 'invalid_request', message: 'The request is not valid.' };
    case 'NOT_FOUND':
      return { ...plain, domainCode: 'not_found', message: 'There is no such procedure.' };
    case 'METHOD_NOT_SUPPORTED':
      return { ...plain, domainCode: 'method_not_allowed', message: 'This procedure takes another method.' };
    case 'UNSUPPORTED_MEDIA_TYPE':
      return { ...plain, domainCode: 'unsupported_media_type', message: 'Send application/json.' };
    default:
      return {
        ...plain,
        domainCode: 'internal',
        message: 'Something failed on our side. The request id finds it in our log.',
      };
  }
}
