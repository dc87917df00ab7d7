import type { ErrorCode } from '#server/domain/errors.ts';

interface ErrorRow {
  readonly status: number;
  readonly meaning: string;
  readonly todo: string;
}

/** Codes of the console alone: the API never answers with them. */
type ConsoleOnly =
  | 'weak_password'
  | 'not_signed_in'
  | 'wrong_credentials'
  | 'address_not_confirmed'
  | 'link_expired'
  | 'permission_missing';

/** Every code of the API. A code that is added to the domain is missed here by the compiler. */
export const errorRows: Readonly<Record<Exclude<ErrorCode, ConsoleOnly>, ErrorRow>> = {
  invalid_json: { status: 400, meaning: 'The body is not JSON.', todo: 'Send one JSON object.' },
  invalid_request: {
    status: 400,
    meaning: 'A field is missing or wrong; param names it.',
    todo: 'Correct the field.',
  },
  unknown_field: {
    status: 400,
    meaning: 'There is no field of that name.',
    todo: 'Take it out; param names it.',
  },
  content_policy_violation: {
    status: 400,
    meaning: 'The prompt is against the safety policy. Nothing was charged.',
    todo: 'Change the prompt. Acceptable use says what is allowed.',
  },
  missing_api_key: {
    status: 401,
    meaning: 'No Authorization header.',
    todo: 'Send the key as a bearer token.',
  },
  malformed_api_key: {
    status: 401,
    meaning: 'It is not a key: cut off, or mistyped.',
    todo: 'Copy it again.',
  },
  unknown_api_key: {
    status: 401,
    meaning: 'There is no such key here, or its secret was replaced.',
    todo: 'Check which installation it is of, and whether it was rotated.',
  },
  revoked_api_key: { status: 401, meaning: 'The key was revoked.', todo: 'Take a new one.' },
  expired_api_key: {
    status: 401,
    meaning: 'The key’s last day is over, or the overlap of a secret that was replaced.',
    todo: 'Take a new one.',
  },
  scope_missing: {
    status: 403,
    meaning: 'The key may not call this.',
    todo: 'Give it the scope in the console, or take a key that has it.',
  },
  model_not_allowed: {
    status: 403,
    meaning: 'The key may call some models, and the one that the message names is not among them.',
    todo: 'Add the model to the key in the console.',
  },
  address_not_allowed: {
    status: 403,
    meaning: 'The key may be used from some addresses, and the one that the message names is not among them.',
    todo: 'Add the address to the key in the console.',
  },
  origin_not_allowed: {
    status: 403,
    meaning: 'A page in a browser sent it, and the key does not name the page’s origin.',
    todo: 'Add the origin to the key in the console, or call from a server.',
  },
  workspace_suspended: { status: 403, meaning: 'The workspace is suspended.', todo: 'Write to support.' },
  storage_not_allowed: {
    status: 403,
    meaning: 'The workspace keeps none of what this path would store.',
    todo: 'An owner or admin can switch it on under Settings.',
  },
  not_found: { status: 404, meaning: 'No such path, model or receipt.', todo: 'Check the name.' },
  method_not_allowed: { status: 405, meaning: 'The path takes another method.', todo: 'See the reference.' },
  request_timeout: { status: 408, meaning: 'The body arrived too slowly.', todo: 'Send it again.' },
  payload_too_large: {
    status: 413,
    meaning: 'The body is over the limit.',
    todo: 'Send fewer or smaller inputs at once.',
  },
  unsupported_media_type: {
    status: 415,
    meaning: 'The body is of another type, or compressed.',
    todo: 'Send application/json; a picture also as a form or as it is. No Content-Encoding.',
  },
  conflict: {
    status: 409,
    meaning:
      'Something stands in the way: a file that a batch reads, a batch that has ended, too many of either.',
    todo: 'The message says what to do first.',
  },
  idempotency_key_in_use: {
    status: 409,
    meaning: 'A call with the same Idempotency-Key is still running.',
    todo: 'Wait as long as Retry-After says.',
  },
  already_completed: {
    status: 409,
    meaning: 'A call with the same Idempotency-Key was answered, and billed once.',
    todo: 'Its receipt is in the error. Its answer is not kept.',
  },
  idempotency_key_reused: {
    status: 422,
    meaning: 'The Idempotency-Key was sent with another request.',
    todo: 'Take a new one for each request.',
  },
  input_too_long: {
    status: 422,
    meaning: 'A text is longer than the model reads; param names it.',
    todo: 'Shorten it, or set truncate where the path takes it.',
  },
  image_unreadable: {
    status: 422,
    meaning:
      'A picture can not be decoded: no picture, another type, cut short, or too many pixels; param names it.',
    todo: 'Send a whole JPEG, PNG, WebP, AVIF or GIF.',
  },
  url_not_fetched: {
    status: 422,
    meaning: 'Nothing could be fetched from a URL, and the message says why; param names it.',
    todo: 'Give a public http or https URL, or send the bytes.',
  },
  rate_limit_exceeded: {
    status: 429,
    meaning: 'Too many calls or units in this minute.',
    todo: 'Wait as long as Retry-After says.',
  },
  concurrency_limit_exceeded: {
    status: 429,
    meaning: 'Too many calls at once.',
    todo: 'Wait as long as Retry-After says.',
  },
  insufficient_quota: {
    status: 429,
    meaning:
      'The month’s units are spent, or the workspace keeps as much feedback as it may; the message says which.',
    todo: 'Take a larger plan, or keep less. Retrying does not help.',
  },
  budget_exceeded: {
    status: 429,
    meaning: 'The month’s budget of the key or of the workspace is spent; the message says which.',
    todo: 'Raise it in the console. Retrying does not help.',
  },
  internal: { status: 500, meaning: 'Our fault.', todo: 'Quote the request’s id to support.' },
  answer_withheld: {
    status: 503,
    meaning: 'It could not be metered in time, so it was not given.',
    todo: 'Send it again.',
  },
  overloaded: {
    status: 503,
    meaning: 'More calls than we carry.',
    todo: 'Wait as long as Retry-After says.',
  },
  model_unavailable: { status: 503, meaning: 'The model is not loaded or failed.', todo: 'Send it again.' },
  server_stopping: {
    status: 503,
    meaning:
      'The server was being stopped. Where it ends a stream, what was written is billed; otherwise nothing is.',
    todo: 'Send it again.',
  },
  database_unavailable: {
    status: 503,
    meaning: 'Nothing can be metered, so nothing is answered.',
    todo: 'Send it again.',
  },
};
