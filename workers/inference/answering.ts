import { DomainError } from '#server/domain/errors.ts';
import type { Logger } from '#server/domain/logger.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import type { AccessLine } from '#server/platform/access-log.ts';
import type { EndpointFamily } from './endpoint.ts';
import { clientClosedStatus, codeOf, errorToResponse } from './errors/error-to-response.ts';
import type { Received, StreamEnd } from './request-scope.ts';
import type { GatewayMetrics } from './running/metrics.ts';

export interface AnsweringDependencies {
  readonly metrics: Pick<GatewayMetrics, 'countAnswer'>;
  readonly logger: Logger;
  readonly accessLog: (line: AccessLine) => void;
  /** Once for each request, when it is over: for a stream, at its end. */
  readonly onOver: (received: Received) => void;
}

export type RespondTo = (
  received: Received,
  about: { readonly route: string; readonly family: EndpointFamily },
  run: (received: Received) => Promise<Response>,
) => Promise<Response>;

/** What becomes of every request, whatever it is: an error is an answer, a claim is released, and it is counted once. */
export function createAnswering({ metrics, logger, accessLog, onOver }: AnsweringDependencies): RespondTo {
  return async (received, { route, family }, run) => {
    let code = 'ok';
    let response: Response;
    try {
      response = await run(received);
    } catch (error) {
      await received.scope.releaseClaim?.();
      code = received.departure.aborted ? 'client_closed' : codeOf(error);
      response = errorToResponse(error, { requestId: received.requestId, scope: received.scope, family });
      logFailure(received, error, code);
    }
    const { streamEnd } = received.scope;
    if (streamEnd === undefined) count(received, route, response.status, code);
    else void streamEnd.then((end) => countStream(received, route, response.status, end));
    return response;
  };

  function countStream(received: Received, route: string, status: number, end: StreamEnd) {
    if (end.error === undefined)
      return count(received, route, status, end.isCancelled ? 'client_closed' : 'ok');
    const code = codeOf(end.error);
    void received.scope.releaseClaim?.();
    logFailure(received, end.error, code);
    count(received, route, status, code);
  }

  function count(received: Received, route: string, answeredStatus: number, code: string) {
    received.releaseBytes();
    onOver(received);
    const status = code === 'client_closed' ? clientClosedStatus : answeredStatus;
    const tookMs = performance.now() - received.startedAtMs;
    const { workspaceId } = received.scope;
    received.trace?.end({ status, code, workspaceId });
    metrics.countAnswer(route, status, code, tookMs);
    accessLog({
      requestId: publicRequestId(received.requestId),
      workspaceId,
      route,
      status,
      code,
      latencyMs: Math.round(tookMs),
    });
  }

  function logFailure(received: Received, error: unknown, code: string) {
    if (code === 'client_closed' || (error instanceof DomainError && error.cause === undefined)) return;
    const cause = error instanceof DomainError ? error.cause : error;
    logger.error({ requestId: publicRequestId(received.requestId), code, err: cause }, 'A request failed.');
  }
}
