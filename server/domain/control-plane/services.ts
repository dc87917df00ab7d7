import type { QueueCounts } from '../admin/read-admin-overview.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Logger } from '../logger.ts';
import type { MailQueue, MailSeal } from '../mail/mail.ts';
import type { ModelCards } from '../models/model-card.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';

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
  readonly readQueueCounts: () => Promise<QueueCounts>;
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly outboxShown: boolean;
  /** Signs and encrypts the session cookie. */
  readonly sessionSecret: string;
}
