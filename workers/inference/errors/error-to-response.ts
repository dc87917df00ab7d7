import { DomainError, type ErrorCode } from '#server/domain/errors.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import type { EndpointFamily } from '../endpoint.ts';
import type { RequestScope } from '../request-scope.ts';
import { answerHeaders } from '../wire/answer-headers.ts';

const statuses = {
  invalid_json: 400,
  invalid_request: 400,
  unknown_field: 400,
  input_too_long: 422,
  image_unreadable: 422,
  url_not_fetched: 422,
  content_policy_violation: 400,
  payload_too_large: 413,
  unsupported_media_type: 415,
  request_timeout: 408,
  weak_password: 400,
  missing_api_key: 401,
  malformed_api_key: 401,
  unknown_api_key: 401,
  revoked_api_key: 401,
  expired_api_key: 401,
  not_signed_in: 401,
  wrong_credentials: 401,
  address_not_confirmed: 403,
  link_expired: 410,
  workspace_suspended: 403,
  scope_missing: 403,
  model_not_allowed: 403,
  address_not_allowed: 403,
  origin_not_allowed: 403,
  permission_missing: 403,
  storage_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_key_in_use: 409,
  idempotency_key_reused: 422,
  already_completed: 409,
  rate_limit_exceeded: 429,
  concurrency_limit_exceeded: 429,
  insufficient_quota: 429,
  budget_exceeded: 429,
  overloaded: 503,
  model_unavailable: 503,
  database_unavailable: 503,
  answer_withheld: 503,
  server_stopping: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** A caller that hung up reads no answer; the log and the metrics say so with nginx's status. */
export const clientClosedStatus = 499;

/** Coming back does not help: before the plan or the budget changes, or because it was answered. */
const finalRefusals: ReadonlySet<ErrorCode> = new Set([
  'insufficient_quota',
  'budget_exceeded',
  'already_completed',
]);

export interface ErrorContext {
  readonly requestId: string;
  readonly scope: RequestScope;
  readonly family: EndpointFamily;
}

export type ErrorBody = OwnErrorBody | HuggingFaceErrorBody;

export interface OwnErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: ErrorCode;
  };
}

/** As text-generation-inference has it; code and param are ours beside it. */
export interface HuggingFaceErrorBody {
  readonly error: string;
  readonly error_type: string;
  readonly code: ErrorCode;
  readonly param: string | null;
}

/** The only place where the data plane's errors become HTTP. What is not a DomainError says nothing of itself. */
export function errorToResponse(error: unknown, context: ErrorContext): Response {
  const known = error instanceof DomainError ? error : internal(context.requestId);
  const status = statusOf(known.code, context.family);
  const headers = answerHeaders(context);
  if (known.retryAfterMs !== undefined)
    headers['retry-after'] = `${Math.max(1, Math.ceil(known.retryAfterMs / 1_000))}`;
  if (finalRefusals.has(known.code)) headers['x-should-retry'] = 'false';
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return new Response(JSON.stringify(bodyOf(known, status, context.family)), { status, headers });
}

/** The same words where the answer has begun already, and its status can't be taken back. */
export function errorToBody(error: unknown, context: Pick<ErrorContext, 'requestId' | 'family'>): ErrorBody {
  const known = error instanceof DomainError ? error : internal(context.requestId);
  return bodyOf(known, statusOf(known.code, context.family), context.family);
}

function bodyOf(
  { message, code, param: field, shown }: DomainError,
  status: number,
  family: EndpointFamily,
): ErrorBody {
  const param = field ?? null;
  if (family === 'hugging-face') {
    return { error: message, error_type: huggingFaceTypeOf(code, status), code, param, ...shown };
  }
  return { error: { message, type: typeOf(code, status), param, code, ...shown } };
}

export function codeOf(error: unknown): ErrorCode {
  return error instanceof DomainError ? error.code : 'internal';
}

/** For the ledger: whose fault it was that there is no answer. */
export function statusClassOf(error: unknown): 4 | 5 {
  return statuses[codeOf(error)] < 500 ? 4 : 5;
}

/** Hugging Face's clients retry a 503 at once and for ever, and leave a 429 to their caller. */
function statusOf(code: ErrorCode, family: EndpointFamily): number {
  const status = statuses[code];
  return status === 503 && family === 'hugging-face' ? 429 : status;
}

function typeOf(code: ErrorCode, status: number): string {
  if (code === 'insufficient_quota') return 'insufficient_quota';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

const inputStatuses: ReadonlySet<number> = new Set([400, 408, 413, 415, 422]);

/** The words that Hugging Face's clients make error classes of; for what they have no word for, our code. */
function huggingFaceTypeOf(code: ErrorCode, status: number): string {
  if (inputStatuses.has(status)) return 'validation';
  if (code === 'internal' || code === 'model_unavailable') return 'generation';
  return code;
}

function internal(requestId: string): DomainError {
  return new DomainError(
    'internal',
    `Something failed on our side. Quote ${publicRequestId(requestId)} to support.`,
  );
}
