import { randomUUID } from 'node:crypto';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { readBodyWithin } from '#server/auth/read-body.ts';
import { clientAddressOf, isSameOrigin } from '#server/auth/request-origin.ts';
import { sessionOf } from '#server/auth/session-of.ts';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import { describeFailure } from '#server/domain/describe-failure.ts';
import { DomainError, type ErrorCode } from '#server/domain/errors.ts';
import { rpcLimits } from '#server/domain/rate-limits/limits.ts';
import { enforceRateLimit } from '#server/domain/rate-limits/rate-limiter.ts';
import type { RequestContext } from './context.ts';
import { toTrpcError } from './error-to-trpc.ts';
import { appRouter } from './root.ts';

export const rpcPath = '/api/trpc';

/** limit the method, type and origin -> limit the body -> count the calls -> who is it? -> the procedures. */
export async function answerRpc(request: Request, services: ControlPlaneServices): Promise<Response> {
  const requestId = randomUUID();
  const refusal = refusalOf(request, services.webUrl);
  if (refusal) return refused(refusal, requestId);
  const body = request.method === 'POST' ? await readBodyWithin(request, rpcLimits.bodyBytesMax) : undefined;
  if (body === null) return refused('payload_too_large', requestId);

  const response = await fetchRequestHandler({
    endpoint: rpcPath,
    router: appRouter,
    req: new Request(request.url, { method: request.method, headers: request.headers, body }),
    maxBatchSize: rpcLimits.batchCallsMax,
    createContext: ({ info }) => createContext(request.headers, services, requestId, info.calls.length),
    onError: ({ error, path, type }) => {
      if (error.code !== 'INTERNAL_SERVER_ERROR') return;
      services.logger.error(
        { requestId, path, type, ...describeFailure(error.cause ?? error) },
        'A call failed.',
      );
    },
    responseMeta: ({ errors }) => {
      const cause = errors[0]?.cause;
      const retryAfterMs = cause instanceof DomainError ? cause.retryAfterMs : undefined;
      return retryAfterMs === undefined
        ? {}
        : { headers: { 'retry-after': `${Math.ceil(retryAfterMs / 1_000)}` } };
    },
  });
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** Each call of a batch counts, and before anything is looked up. */
async function createContext(
  headers: Headers,
  services: ControlPlaneServices,
  requestId: string,
  calls: number,
): Promise<RequestContext> {
  const address = clientAddressOf(headers);
  try {
    await enforceRateLimit(services.rateLimiter, 'rpcByAddress', address, calls);
    const session = await sessionOf(headers, services);
    if (session) await enforceRateLimit(services.rateLimiter, 'rpcBySession', session.sessionId, calls);
    return { services, session, address, requestId };
  } catch (error) {
    throw error instanceof DomainError ? toTrpcError(error) : error;
  }
}

/** A cookie alone must not be enough to change anything: that takes JSON, sent by one of our own pages. */
function refusalOf(request: Request, webUrl: string): RefusalCode | null {
  if (request.method === 'GET') {
    return request.headers.get('sec-fetch-site') === 'cross-site' ? 'permission_missing' : null;
  }
  if (request.method !== 'POST') return 'method_not_allowed';
  if (!isSameOrigin(request.headers, webUrl)) return 'permission_missing';
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return mediaType === 'application/json' ? null : 'unsupported_media_type';
}

type RefusalCode = Extract<
  ErrorCode,
  'method_not_allowed' | 'permission_missing' | 'unsupported_media_type' | 'payload_too_large'
>;
const refusals = {
  method_not_allowed: { status: 405, message: 'Use GET or POST.' },
  permission_missing: { status: 403, message: 'This request comes from another site.' },
  unsupported_media_type: { status: 415, message: 'Send application/json.' },
  payload_too_large: { status: 413, message: `A body has at most ${rpcLimits.bodyBytesMax} bytes.` },
} as const satisfies Record<RefusalCode, { status: number; message: string }>;

/** Before tRPC is asked, so not in its shape: no page of ours ever gets one of these. */
function refused(code: RefusalCode, requestId: string): Response {
  const { status, message } = refusals[code];
  return Response.json(
    { error: { code, message, requestId } },
    { status, headers: { 'x-request-id': requestId, 'cache-control': 'no-store' } },
  );
}
