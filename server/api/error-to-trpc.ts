import { type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server';
import type { DomainError, ErrorCode } from '#server/domain/errors.ts';

/** The control plane's only translation of our codes into tRPC's, and through them into HTTP statuses. */
const trpcCodes = {
  invalid_json: 'PARSE_ERROR',
  invalid_request: 'BAD_REQUEST',
  unknown_field: 'BAD_REQUEST',
  input_too_long: 'UNPROCESSABLE_CONTENT',
  image_unreadable: 'UNPROCESSABLE_CONTENT',
  url_not_fetched: 'UNPROCESSABLE_CONTENT',
  content_policy_violation: 'BAD_REQUEST',
  payload_too_large: 'PAYLOAD_TOO_LARGE',
  request_timeout: 'TIMEOUT',
  unsupported_media_type: 'UNSUPPORTED_MEDIA_TYPE',
  weak_password: 'BAD_REQUEST',
  missing_api_key: 'UNAUTHORIZED',
  malformed_api_key: 'UNAUTHORIZED',
  unknown_api_key: 'UNAUTHORIZED',
  revoked_api_key: 'UNAUTHORIZED',
  expired_api_key: 'UNAUTHORIZED',
  not_signed_in: 'UNAUTHORIZED',
  wrong_credentials: 'UNAUTHORIZED',
  address_not_confirmed: 'FORBIDDEN',
  link_expired: 'BAD_REQUEST',
  workspace_suspended: 'FORBIDDEN',
  scope_missing: 'FORBIDDEN',
  model_not_allowed: 'FORBIDDEN',
  address_not_allowed: 'FORBIDDEN',
  origin_not_allowed: 'FORBIDDEN',
  permission_missing: 'FORBIDDEN',
  storage_not_allowed: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  method_not_allowed: 'METHOD_NOT_SUPPORTED',
  conflict: 'CONFLICT',
  idempotency_key_in_use: 'CONFLICT',
  idempotency_key_reused: 'UNPROCESSABLE_CONTENT',
  already_completed: 'CONFLICT',
  rate_limit_exceeded: 'TOO_MANY_REQUESTS',
  concurrency_limit_exceeded: 'TOO_MANY_REQUESTS',
  insufficient_quota: 'TOO_MANY_REQUESTS',
  budget_exceeded: 'TOO_MANY_REQUESTS',
  overloaded: 'SERVICE_UNAVAILABLE',
  model_unavailable: 'SERVICE_UNAVAILABLE',
  database_unavailable: 'SERVICE_UNAVAILABLE',
  answer_withheld: 'INTERNAL_SERVER_ERROR',
  server_stopping: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<ErrorCode, TRPC_ERROR_CODE_KEY>;

export function toTrpcError(error: DomainError): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: error.message, cause: error });
}
