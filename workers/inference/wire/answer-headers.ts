import type { RateWindow, RateWindows } from '#server/domain/usage/metering.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import type { RequestScope } from '../request-scope.ts';

/** A plain object on purpose: the server writes it out as it is, where a Headers object is taken apart again. */
export function answerHeaders({
  requestId,
  scope,
}: {
  readonly requestId: string;
  readonly scope: RequestScope;
}): Record<string, string> {
  const headers = { 'content-type': 'application/json', 'x-request-id': publicRequestId(requestId) };
  return scope.windows ? Object.assign(headers, rateLimitHeaders(scope.windows)) : headers;
}

/**
 * The windows twice: as the IETF's draft has them (draft-ietf-httpapi-ratelimit-headers), and as OpenAI's clients
 * read them. A bucket is full again after `reset`; the draft's window is the minute over which a full one refills.
 */
export function rateLimitHeaders({ requests, units }: RateWindows): Record<string, string> {
  return {
    'ratelimit-policy': `"requests";q=${requests.limit};w=60, "units";q=${units.limit};w=60`,
    ratelimit: `"requests";r=${requests.remaining};t=${seconds(requests)}, "units";r=${units.remaining};t=${seconds(units)}`,
    'x-ratelimit-limit-requests': `${requests.limit}`,
    'x-ratelimit-remaining-requests': `${requests.remaining}`,
    'x-ratelimit-reset-requests': duration(requests.resetMs),
    'x-ratelimit-limit-tokens': `${units.limit}`,
    'x-ratelimit-remaining-tokens': `${units.remaining}`,
    'x-ratelimit-reset-tokens': duration(units.resetMs),
  };
}

function seconds(window: RateWindow): number {
  return Math.ceil(window.resetMs / 1_000);
}

/** As OpenAI writes it: `12ms`, `1.5s`, `6m0s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  if (ms < 60_000) return `${ms / 1_000}s`;
  return `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1_000}s`;
}
