import type { DeliveryQueue } from '#server/domain/webhooks/delivery-queue.ts';
import type { WebhookTargets } from '#server/domain/webhooks/webhook-targets.ts';
import type { QueueCounts } from '../admin/read-admin-overview.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Logger } from '../logger.ts';
import type { MailQueue, MailSeal } from '../mail/mail.ts';
import type { ModelCards } from '../models/model-card.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import type { Seal } from '../seal.ts';

/** What the control plane's use cases are given. Constructed once, in server/platform/control-plane.ts. */
export interface ControlPlaneServices {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rateLimiter: RateLimiter;
  readonly hashSubject: (subject: string) => string;
  readonly mailQueue: MailQueue;
  readonly mailSeal: MailSeal;
  readonly modelCards: ModelCards;
  /** As the operator wrote it; null where they named none. */
  readonly readPolicyFile: () => Promise<unknown>;
  /** Of the endpoints' secrets. */
  readonly webhookSeal: Seal;
  readonly webhookTargets: WebhookTargets;
  readonly deliveryQueue: DeliveryQueue;
  readonly readQueueCounts: () => Promise<QueueCounts>;
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly outboxShown: boolean;
  /** Signs and encrypts the session cookie. */
  readonly sessionSecret: string;
}
