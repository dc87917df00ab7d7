/**
 * Every way in which a request can be refused or fail, at either door. Each door maps the codes to its own shapes
 * in exactly one file (server/api/error-to-trpc.ts, workers/inference/errors/error-to-response.ts), exhaustively.
 */
export const errorCodes = [
  // The input.
  'invalid_json',
  'invalid_request',
  'unknown_field',
  'input_too_long',
  'image_unreadable',
  'url_not_fetched',
  'content_policy_violation',
  'payload_too_large',
  'unsupported_media_type',
  'request_timeout',
  'weak_password',
  // The key: a closed set of 401s.
  'missing_api_key',
  'malformed_api_key',
  'unknown_api_key',
  'revoked_api_key',
  'expired_api_key',
  // The person.
  'not_signed_in',
  'wrong_credentials',
  'address_not_confirmed',
  'link_expired',
  // What they may do.
  'workspace_suspended',
  'scope_missing',
  'model_not_allowed',
  'address_not_allowed',
  'origin_not_allowed',
  'permission_missing',
  'storage_not_allowed',
  'not_found',
  'method_not_allowed',
  'conflict',
  // The Idempotency-Key.
  'idempotency_key_in_use',
  'idempotency_key_reused',
  'already_completed',
  // How much.
  'rate_limit_exceeded',
  'concurrency_limit_exceeded',
  'insufficient_quota',
  'budget_exceeded',
  // Our side: never billed, but for what of a stream had left when its server was stopped.
  'overloaded',
  'model_unavailable',
  'database_unavailable',
  'answer_withheld',
  'server_stopping',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface DomainErrorDetails {
  /** The field that is wrong, as a path: `input[3]`. */
  readonly param?: string;
  /** When it makes sense to come back. */
  readonly retryAfterMs?: number;
  /** Told beside the code, as it is. */
  readonly shown?: Readonly<Record<string, unknown>>;
  /** Kept for the log; never shown. It must hold no customer input. */
  readonly cause?: unknown;
}

/** An expected refusal: its message is public, a sentence that says what to do. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly shown: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, details: DomainErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.param = details.param;
    this.retryAfterMs = details.retryAfterMs;
    this.shown = details.shown;
  }
}
