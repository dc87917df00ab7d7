import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { clientAddressOf } from '#server/auth/request-origin.ts';
import { sessionOf } from '#server/auth/session-of.ts';
import type { ControlPlaneServices } from '#server/domain/control-plane/services.ts';
import { describeFailure } from '#server/domain/describe-failure.ts';
import { DomainError } from '#server/domain/errors.ts';
import { openFile } from '#server/domain/files/open-file.ts';
import { findMembership } from '#server/domain/members/find-membership.ts';
import { fileLimits } from '#server/domain/rate-limits/limits.ts';
import { enforceRateLimit } from '#server/domain/rate-limits/rate-limiter.ts';
import { storableText } from '#server/domain/storable-text.ts';
import { inWorkspaceSchema } from '#server/domain/workspaces/schema.ts';
import { toTrpcError } from './error-to-trpc.ts';

export interface WantedFile {
  readonly workspaceId: string;
  readonly fileId: string;
}

/** Whatever else is no id at all. */
const wantedFileSchema = inWorkspaceSchema.extend({ fileId: storableText });

/** count the calls -> who is it? -> may they? -> the bytes, piece by piece. Not through tRPC, which would keep them whole. */
export async function answerDownload(
  request: Request,
  services: ControlPlaneServices,
  wanted: WantedFile,
): Promise<Response> {
  const requestId = randomUUID();
  const headers = { 'x-request-id': requestId, 'cache-control': 'no-store' };
  try {
    const { file, bytes } = await open(request, services, wanted);
    const stream = Readable.from(bytes, { signal: AbortSignal.timeout(fileLimits.downloadTimeoutMs) });
    return new Response(Readable.toWeb(stream) as ReadableStream, {
      headers: {
        ...headers,
        'content-type': 'application/octet-stream',
        'content-length': String(file.bytes),
        'content-disposition': `attachment; filename*=UTF-8''${headerEncoded(file.filename)}`,
        'x-content-type-options': 'nosniff',
      },
    });
  } catch (error) {
    if (!(error instanceof DomainError)) {
      services.logger.error({ requestId, ...describeFailure(error) }, 'A download failed.');
    }
    const refusal =
      error instanceof DomainError
        ? error
        : new DomainError('internal', 'Something failed on our side. The request id finds it in our log.');
    const { code, message, retryAfterMs } = refusal;
    const status = getHTTPStatusCodeFromError(toTrpcError(refusal));
    return Response.json(
      { error: { code, message, requestId } },
      {
        status,
        headers: {
          ...headers,
          ...(retryAfterMs !== undefined && { 'retry-after': `${Math.ceil(retryAfterMs / 1_000)}` }),
        },
      },
    );
  }
}

async function open(request: Request, services: ControlPlaneServices, { workspaceId, fileId }: WantedFile) {
  if (request.headers.get('sec-fetch-site') === 'cross-site') {
    throw new DomainError('permission_missing', 'This request comes from another site.');
  }
  await enforceRateLimit(services.rateLimiter, 'rpcByAddress', clientAddressOf(request.headers));
  const session = await sessionOf(request.headers, services);
  if (!session) throw new DomainError('not_signed_in', 'Sign in first.');
  await enforceRateLimit(services.rateLimiter, 'rpcBySession', session.sessionId);
  if (!wantedFileSchema.safeParse({ workspaceId, fileId }).success) {
    throw new DomainError('not_found', 'There is no such file.');
  }
  await findMembership(services, { workspaceId, userId: session.user.id, permission: 'files:read' });
  return openFile(services, { workspaceId, id: fileId });
}

/** RFC 8187: what encodeURIComponent leaves but a header's value may not have. */
function headerEncoded(filename: string): string {
  return encodeURIComponent(filename).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
