import { randomUUID } from 'node:crypto';
import { headers } from 'next/headers';
import { currentSession } from '#server/auth/current-session.ts';
import { clientAddressOf } from '#server/auth/request-origin.ts';
import { describeFailure } from '#server/domain/describe-failure.ts';
import { controlPlaneServices } from '#server/platform/control-plane.ts';
import { type Caller, callerFor } from './root.ts';

export type { Caller };

/** For server components: the same procedures and the same checks as over HTTP, without the detour. */
export async function createCaller(): Promise<Caller> {
  const services = controlPlaneServices();
  const requestId = randomUUID();
  return callerFor(
    {
      services,
      session: await currentSession(),
      address: clientAddressOf(new Headers(await headers())),
      requestId,
    },
    {
      onError: ({ error, path, type }) => {
        if (error.code !== 'INTERNAL_SERVER_ERROR') return;
        services.logger.error(
          { requestId, path, type, ...describeFailure(error.cause ?? error) },
          'A call failed.',
        );
      },
    },
  );
}
