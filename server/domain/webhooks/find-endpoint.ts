import type { WebhookEndpoint } from '#prisma/generated/client.ts';
import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';

export interface OneEndpoint {
  readonly workspaceId: string;
  readonly endpointId: string;
}

/** By workspace and id together: another workspace's endpoint does not exist here. */
export async function findEndpoint(
  transaction: Transaction,
  { workspaceId, endpointId }: OneEndpoint,
): Promise<WebhookEndpoint> {
  const endpoint = await transaction.webhookEndpoint.findFirst({ where: { id: endpointId, workspaceId } });
  if (endpoint) return endpoint;
  throw new DomainError('not_found', 'There is no such endpoint in this workspace.', { param: 'endpointId' });
}

/** Whoever changes an endpoint and its deliveries takes the endpoint first: two never wait for each other. */
export async function lockEndpoint(
  transaction: Transaction,
  { workspaceId, endpointId }: OneEndpoint,
): Promise<void> {
  await transaction.$queryRaw`
    SELECT 1 FROM webhook_endpoints
    WHERE id = ${endpointId}::uuid AND workspace_id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
}
