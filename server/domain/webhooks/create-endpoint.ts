import { v7 as uuidv7 } from 'uuid';
import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import type { Seal } from '../seal.ts';
import { lockWorkspace } from '../workspaces/lock-workspace.ts';
import { endpointItemOf } from './endpoint-item.ts';
import type { CreatedEndpoint, EndpointSettings } from './schema.ts';
import { generateWebhookSecret } from './webhook-secret.ts';
import { hostOfUrl, readEndpointUrl, type WebhookTargets } from './webhook-targets.ts';

export interface EndpointDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly webhookSeal: Seal;
  readonly webhookTargets: WebhookTargets;
}

export async function createEndpoint(
  { db, clock, webhookSeal, webhookTargets }: EndpointDependencies,
  request: EndpointSettings & { readonly workspaceId: string; readonly userId: string },
): Promise<CreatedEndpoint> {
  const { workspaceId, userId } = request;
  const now = clock.now();
  const url = readEndpointUrl(webhookTargets, request.url);
  const eventTypes = [...new Set(request.eventTypes)];
  const secret = generateWebhookSecret();

  const row = await db.$transaction(async (transaction) => {
    // Of two at the limit one waits and is then refused.
    await lockWorkspace(transaction, workspaceId);
    const workspace = await transaction.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
    if (workspace.status !== 'active') {
      throw new DomainError('workspace_suspended', 'This workspace is suspended: it takes no new endpoints.');
    }
    const { endpointsPerWorkspaceMax } = webhookLimits;
    if ((await transaction.webhookEndpoint.count({ where: { workspaceId } })) >= endpointsPerWorkspaceMax) {
      throw new DomainError(
        'conflict',
        `A workspace has at most ${endpointsPerWorkspaceMax} endpoints. Delete one that is not used.`,
      );
    }
    const created = await transaction.webhookEndpoint.create({
      data: {
        id: uuidv7(),
        workspaceId,
        url,
        eventTypes,
        secret: webhookSeal.seal(secret),
        createdAt: now,
      },
    });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'webhook_endpoint.created',
      targetId: created.id,
      detail: { host: hostOfUrl(url), eventTypes },
      at: now,
    });
    return created;
  });
  return { endpoint: endpointItemOf(row, now), secret };
}
