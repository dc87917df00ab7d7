import type { ApiKeyScope } from '#server/domain/api-keys/scopes.ts';
import { DomainError, type ErrorCode } from '#server/domain/errors.ts';
import type { Admission, Refusal } from '#server/domain/usage/metering.ts';

type Refused = Extract<Admission, { retryAfterMs: number }>;

interface Wording {
  readonly code: ErrorCode;
  sentence(about: { scope: ApiKeyScope; webUrl: string; retryAfterMs: number }): string;
  /** Told with Retry-After. Null: coming back does not help. */
  retryAfterMs(given: number): number | null;
}

const never = () => null;
const asGiven = (ms: number) => ms;
const pricing = (webUrl: string) => `${webUrl}/pricing`;

const wordings = {
  unknown: { code: 'unknown_api_key', sentence: () => 'There is no such API key.', retryAfterMs: never },
  revoked: { code: 'revoked_api_key', sentence: () => 'This API key was revoked.', retryAfterMs: never },
  expired: { code: 'expired_api_key', sentence: () => 'This API key has expired.', retryAfterMs: never },
  suspended: {
    code: 'workspace_suspended',
    sentence: () => 'The workspace of this API key is suspended.',
    retryAfterMs: never,
  },
  scope_missing: {
    code: 'scope_missing',
    sentence: ({ scope }) => `This API key does not have the scope ${scope}.`,
    retryAfterMs: never,
  },
  rate_limited: {
    code: 'rate_limit_exceeded',
    sentence: ({ retryAfterMs }) => `Rate limit reached. Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
    retryAfterMs: asGiven,
  },
  concurrency_limited: {
    code: 'concurrency_limit_exceeded',
    sentence: () => 'As many requests are in flight as the plan allows.',
    retryAfterMs: asGiven,
  },
  quota_exceeded: {
    code: 'insufficient_quota',
    sentence: ({ webUrl }) =>
      `What is left of this month's quota does not cover the request. Plans: ${pricing(webUrl)}`,
    retryAfterMs: never,
  },
  quota_held: {
    code: 'rate_limit_exceeded',
    sentence: () => 'The rest of the quota is held by requests in flight. Try again.',
    retryAfterMs: () => 1_000,
  },
  budget_exceeded: {
    code: 'budget_exceeded',
    sentence: () => "This month's budget is spent.",
    retryAfterMs: never,
  },
} as const satisfies Record<Refusal, Wording>;

export function refusalToError(
  { verdict, retryAfterMs }: Refused,
  { scope, webUrl }: { readonly scope: ApiKeyScope; readonly webUrl: string },
): DomainError {
  const wording: Wording = wordings[verdict];
  return new DomainError(wording.code, wording.sentence({ scope, webUrl, retryAfterMs }), {
    retryAfterMs: wording.retryAfterMs(retryAfterMs) ?? undefined,
  });
}
