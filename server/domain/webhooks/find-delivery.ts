import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';

export interface OneDelivery {
  readonly workspaceId: string;
  readonly deliveryId: string;
}

/** By workspace and id together: another workspace's delivery does not exist here. */
export async function findDelivery(db: Database, { workspaceId, deliveryId }: OneDelivery) {
  const delivery = await db.webhookDelivery.findFirst({
    where: { id: deliveryId, workspaceId },
    include: { event: true, endpoint: true, attempts: { orderBy: { number: 'desc' } } },
  });
  if (delivery) return delivery;
  throw new DomainError('not_found', 'There is no such delivery in this workspace.', { param: 'deliveryId' });
}
