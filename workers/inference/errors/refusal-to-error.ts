import type { ApiKeyScope } from '#server/domain/api-keys/scopes.ts';
import { DomainError, type ErrorCode } from '#server/domain/errors.ts';
import type { Admission, Refusal } from '#server/domain/usage/metering.ts';

type Refused = Extract<Admission, { retryAfterMs: number }>;

/** What of the request its refusal names. */
export interface RefusedRequest {
  readonly scope: ApiKeyScope;
  readonly model: string;
  readonly address: string;
  readonly origin: string;
  readonly webUrl: string;
}

interface Wording {
  readonly code: ErrorCode;
  sentence(about: RefusedRequest & { readonly retryAfterMs: number }): string;
  /** Told with Retry-After. Null: coming back does not help. */
  retryAfterMs(given: number): number | null;
}

const shownOriginMax = 200;
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
  model_not_allowed: {
    code: 'model_not_allowed',
    sentence: ({ model }) =>
      `This API key may not call the model ${model}. Its models are set in the console.`,
    retryAfterMs: never,
  },
  address_not_allowed: {
    code: 'address_not_allowed',
    sentence: ({ address }) =>
      `This API key may not be used from the address ${address}. Its addresses are set in the console.`,
    retryAfterMs: never,
  },
  origin_not_allowed: {
    code: 'origin_not_allowed',
    sentence: ({ origin }) =>
      `This API key may not be used by pages of ${origin.slice(0, shownOriginMax)}. Its origins are set in the console.`,
    retryAfterMs: never,
  },
  rate_limited: {
    code: 'rate_limit_exceeded',
    sentence: ({ retryAfterMs }) => `Rate limit reached. Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
    retryAfterMs: asGiven,
  },
  concurrency_limited: {
    code: 'concurrency_limit_exceeded',
    sentence: () => 'As many requests are in flight as the plan or the key allows.',
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
    sentence: () => 'The rest of the quota or the budget is held by requests in flight. Try again.',
    retryAfterMs: () => 1_000,
  },
  budget_exceeded: {
    code: 'budget_exceeded',
    sentence: () =>
      "What is left of the workspace's budget for this month does not cover the request. It is set in the console.",
    retryAfterMs: never,
  },
  key_budget_exceeded: {
    code: 'budget_exceeded',
    sentence: () =>
      "What is left of this API key's budget for this month does not cover the request. It is set in the console.",
    retryAfterMs: never,
  },
} as const satisfies Record<Refusal, Wording>;

export function refusalToError({ verdict, retryAfterMs }: Refused, request: RefusedRequest): DomainError {
  const wording: Wording = wordings[verdict];
  return new DomainError(wording.code, wording.sentence({ ...request, retryAfterMs }), {
    retryAfterMs: wording.retryAfterMs(retryAfterMs) ?? undefined,
  });
}
