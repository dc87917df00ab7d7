import { controlPlaneServices } from '#server/platform/control-plane.ts';
import { answerDownload } from './answer-download.ts';
import { answerRpc } from './answer-rpc.ts';

/** For app/api/trpc/[trpc]/route.ts. */
export function handleTrpc(request: Request): Promise<Response> {
  return answerRpc(request, controlPlaneServices());
}

/** For app/api/workspaces/[workspace]/files/[file]/route.ts. */
export async function handleDownload(
  request: Request,
  { params }: { params: Promise<{ workspace: string; file: string }> },
): Promise<Response> {
  const { workspace: workspaceId, file: fileId } = await params;
  return answerDownload(request, controlPlaneServices(), { workspaceId, fileId });
}
