import { EventEmitter } from 'node:events';
import { runOnce, type WorkerEvents } from 'graphile-worker';
import { sendBudgetAlerts } from '#server/domain/billing/send-budget-alerts.ts';
import { backgroundLimits } from '#server/domain/rate-limits/limits.ts';
import { logFailedJobs, quietQueueLogger } from './start-background.ts';
import { type BackgroundDependencies, taskList, webhookTaskList } from './task-list.ts';
import { dispatchWebhooks } from './tasks/dispatch-webhooks.ts';
import { reapExpiredHolds } from './tasks/reap-expired-holds.ts';
import { untilIdle } from './until-idle.ts';

/** Drains what is due, cron's tasks included, and returns: for a scheduler that starts the process now and then. */
export async function runBackgroundOnce(dependencies: BackgroundDependencies): Promise<void> {
  const { pool, logger } = dependencies;
  const tasks = taskList(dependencies);
  const released = await reapExpiredHolds(pool);
  if (released > 0) logger.info({ released }, 'Released expired holds.');
  await tasks['ensure-usage-partitions']();
  await tasks['delete-expired']();
  await dispatchWebhooks(dependencies.webhooks);

  await sendBudgetAlerts(dependencies);

  const events: WorkerEvents = new EventEmitter();
  logFailedJobs({ events }, logger);
  await runOnce({
    pgPool: pool,
    taskList: { ...tasks, ...webhookTaskList(dependencies) },
    concurrency: backgroundLimits.concurrentJobsMax,
    noHandleSignals: true,
    events,
    logger: quietQueueLogger(logger),
  });
  await untilIdle(pool);
}
