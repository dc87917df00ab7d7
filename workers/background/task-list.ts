import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import type { Clock } from '#server/domain/clock.ts';
import type { Database } from '#server/domain/database.ts';
import type { Logger } from '#server/domain/logger.ts';
import type { MailQueue, MailSeal, MailSender } from '#server/domain/mail/mail.ts';
import type { DeliverDependencies } from '#server/domain/webhooks/deliver-webhook.ts';
import type { TaskName } from '#server/platform/job-queue/enqueue-job.ts';
import { deleteEndedBatches } from './tasks/delete-ended-batches.ts';
import { deleteExpired } from './tasks/delete-expired.ts';
import { deleteExpiredFiles } from './tasks/delete-expired-files.ts';
import { deleteFailedJobs } from './tasks/delete-failed-jobs.ts';
import { deleteOrphanBlobs } from './tasks/delete-orphan-blobs.ts';
import { deliverWebhookTask } from './tasks/deliver-webhook.ts';
import { ensureUsagePartitions } from './tasks/ensure-usage-partitions.ts';
import { sendMailTask } from './tasks/send-mail.ts';

export interface BackgroundDependencies {
  readonly pool: Pool;
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sender: MailSender;
  readonly mailSeal: MailSeal;
  readonly mailQueue: MailQueue;
  readonly webUrl: string;
  readonly blobs: BlobStore;
  readonly webhooks: DeliverDependencies;
}

/** What other processes queue, and what the clock starts. */
export type BackgroundTaskName = TaskName | 'ensure-usage-partitions' | 'delete-expired';

/** UTC. What was due while no process ran is made up for within the day. */
export const crontab = [
  '5 2 * * * ensure-usage-partitions ?fill=1d',
  '20 * * * * delete-expired ?fill=1h',
].join('\n');

export function taskList({ pool, logger, sender, mailSeal, blobs }: BackgroundDependencies) {
  return {
    'send-mail': sendMailTask({ sender, mailSeal }),
    'ensure-usage-partitions': async () => {
      logger.info({ made: await ensureUsagePartitions(pool) }, 'Partitions of the ledger are there.');
    },
    'delete-expired': async () => {
      logger.info(
        {
          ...(await deleteExpired(pool)),
          files: await deleteExpiredFiles({ pool, blobs }),
          batches: await deleteEndedBatches({ pool, blobs }),
          orphanBlobs: await deleteOrphanBlobs({ pool, blobs }),
          failedJobs: await deleteFailedJobs(pool),
        },
        'Deleted what had expired.',
      );
    },
  } satisfies Record<Exclude<BackgroundTaskName, WebhookTaskName>, Task>;
}

/** Apart from the others: endpoints that take their time must not keep a mail waiting. */
export function webhookTaskList({ webhooks }: Pick<BackgroundDependencies, 'webhooks'>) {
  return { 'deliver-webhook': deliverWebhookTask(webhooks) } satisfies Record<WebhookTaskName, Task>;
}

type WebhookTaskName = Extract<TaskName, 'deliver-webhook'>;
