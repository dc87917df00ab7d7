import { controlPlaneServices } from '#server/platform/control-plane.ts';
import { answerRpc } from './answer-rpc.ts';

/** For app/api/trpc/[trpc]/route.ts. */
export function handleTrpc(request: Request): Promise<Response> {
  return answerRpc(request, controlPlaneServices());
}
