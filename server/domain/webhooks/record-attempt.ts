import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Claim } from './claim-delivery.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { lockEndpoint } from './find-endpoint.ts';
import { giveUpEndpoint } from './give-up-endpoint.ts';
import type { OwnerMailDependencies } from './mail-owners.ts';
import type { PostOutcome } from './post-webhook.ts';
import { nextDelayMs, type Random, readRetryAfterMs } from './retry-schedule.ts';

export interface RecordDependencies extends OwnerMailDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly deliveryQueue: DeliveryQueue;
  readonly random: Random;
}

export interface MadeAttempt {
  readonly claim: Claim;
  readonly at: Date;
  readonly durationMs: number;
  readonly outcome: PostOutcome;
}

const gone = 410;

/** The attempt and what follows from it, in one transaction: taken, the next attempt, or the end. */
export async function recordAttempt(dependencies: RecordDependencies, made: MadeAttempt): Promise<void> {
  const { db, clock } = dependencies;
  const { claim, outcome } = made;
  const { deliveryId, workspaceId, endpointId, number, claimedUntil } = claim;
  const now = clock.now();
  await db.$transaction(async (transaction) => {
    await lockEndpoint(transaction, claim);
    const kept = await transaction.webhookDelivery.updateMany({
      where: { id: deliveryId, attemptCount: number - 1, claimedUntil },
      data: { attemptCount: number, claimedUntil: null },
    });
    // Deleted meanwhile, or so slow that somebody else has taken it over.
    if (kept.count === 0) return;
    await transaction.webhookAttempt.create({ data: attemptRow(made) });
    const end = (status: 'delivered' | 'failed') =>
      transaction.webhookDelivery.update({
        where: { id: deliveryId },
        data: { status, nextAttemptAt: null },
      });

    if (isTaken(outcome)) {
      await end('delivered');
      await transaction.webhookEndpoint.update({
        where: { id: endpointId },
        data: { lastDeliveredAt: now },
      });
      return;
    }
    if (outcome.kind === 'answered' && outcome.status === gone) {
      await end('failed');
      return giveUpEndpoint(transaction, dependencies, {
        workspaceId,
        endpointId,
        because: 'gone',
        at: now,
      });
    }
    const { status, createdAt, endpoint } = await transaction.webhookDelivery.findUniqueOrThrow({
      where: { id: deliveryId },
      include: { endpoint: true },
    });
    if (status !== 'pending') return;
    const retryAfterMs = outcome.kind === 'answered' ? readRetryAfterMs(outcome.retryAfter, now) : 0;
    const delayMs = nextDelayMs(number, { retryAfterMs, random: dependencies.random });
    if (delayMs !== null) {
      const next = new Date(now.getTime() + delayMs);
      await transaction.webhookDelivery.update({ where: { id: deliveryId }, data: { nextAttemptAt: next } });
      await dependencies.deliveryQueue.enqueue(transaction, { deliveryId, number: number + 1, at: next });
      return;
    }
    await end('failed');
    const { lastDeliveredAt } = endpoint;
    if (lastDeliveredAt && lastDeliveredAt > createdAt) return;
    // Through three days it took nothing.
    await giveUpEndpoint(transaction, dependencies, {
      workspaceId,
      endpointId,
      because: 'failing',
      at: now,
    });
  });
}

function isTaken(outcome: PostOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

function attemptRow({ claim, at, durationMs, outcome }: MadeAttempt) {
  const answered = outcome.kind === 'answered';
  return {
    deliveryId: claim.deliveryId,
    number: claim.number,
    at,
    durationMs,
    outcome: answered ? 'answered' : outcome.reason,
    statusCode: answered ? outcome.status : null,
    answer: answered ? textOf(outcome.body) : null,
  };
}

/** PostgreSQL's texts have no NUL. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll('\0', '\u{fffd}');
}
