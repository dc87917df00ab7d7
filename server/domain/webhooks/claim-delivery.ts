import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import type { Seal } from '../seal.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { publicEventId } from './event-row.ts';
import { jittered, type Random } from './retry-schedule.ts';

export interface ClaimDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly webhookSeal: Seal;
  readonly deliveryQueue: DeliveryQueue;
  readonly random: Random;
}

export interface Claim {
  readonly deliveryId: string;
  readonly number: number;
  readonly workspaceId: string;
  readonly endpointId: string;
  /** Also says whose it is: another claim has another end. */
  readonly claimedUntil: Date;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly eventId: string;
  readonly payload: string;
}

const waitMs = { least: 2_000, perDelivery: 100, most: 5 * 60_000 } as const;

/**
 * One attempt, for one process, for as long as it can take. Null: it is made already, or no longer wanted, or the
 * workspace has enough under way and it comes back later.
 */
export async function claimDelivery(
  { db, clock, webhookSeal, deliveryQueue, random }: ClaimDependencies,
  { deliveryId, number }: { readonly deliveryId: string; readonly number: number },
): Promise<Claim | null> {
  const now = clock.now();
  const free = { OR: [{ claimedUntil: null }, { claimedUntil: { lte: now } }] };
  const mine = { id: deliveryId, status: 'pending', attemptCount: number - 1, ...free };
  return db.$transaction(async (transaction) => {
    const delivery = await transaction.webhookDelivery.findFirst({
      where: mine,
      include: { endpoint: true, event: true },
    });
    if (!delivery) return null;
    const { workspaceId, endpointId, endpoint, event } = delivery;
    if (endpoint.disabledAt) {
      // Disabled between the look-up of those that want the event and now.
      await transaction.webhookDelivery.updateMany({
        where: mine,
        data: { status: 'canceled', nextAttemptAt: null },
      });
      return null;
    }
    // Two that look at the same moment may both go on: it keeps slow endpoints from taking all places, no more.
    const underWay = await transaction.webhookDelivery.count({
      where: { workspaceId, claimedUntil: { gt: now } },
    });
    if (underWay >= webhookLimits.concurrentPerWorkspaceMax) {
      const waiting = await transaction.webhookDelivery.count({
        where: { workspaceId, status: 'pending', nextAttemptAt: { lte: now } },
      });
      const delayMs = Math.min(waitMs.most, Math.max(waitMs.least, waiting * waitMs.perDelivery));
      const at = new Date(now.getTime() + jittered(delayMs, random));
      const moved = await transaction.webhookDelivery.updateMany({
        where: mine,
        data: { nextAttemptAt: at },
      });
      if (moved.count === 1) await deliveryQueue.enqueue(transaction, { deliveryId, number, at });
      return null;
    }
    const claimedUntil = new Date(now.getTime() + webhookLimits.claimMs);
    const claimed = await transaction.webhookDelivery.updateMany({ where: mine, data: { claimedUntil } });
    if (claimed.count === 0) return null;
    const { secret, previousSecret, previousSecretUntil } = endpoint;
    const overlaps = previousSecret && previousSecretUntil && previousSecretUntil > now;
    return {
      deliveryId,
      number,
      workspaceId,
      endpointId,
      claimedUntil,
      url: endpoint.url,
      secrets: [secret, ...(overlaps ? [previousSecret] : [])].map((sealed) => webhookSeal.open(sealed)),
      eventId: publicEventId(event.id),
      payload: event.payload,
    };
  });
}
