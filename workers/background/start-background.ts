import { EventEmitter } from 'node:events';
import { Logger as QueueLogger, type Runner, run, type WorkerEvents } from 'graphile-worker';
import { sendBudgetAlerts } from '#server/domain/billing/send-budget-alerts.ts';
import { describeFailure } from '#server/domain/describe-failure.ts';
import type { Logger } from '#server/domain/logger.ts';
import { backgroundLimits, budgetLimits } from '#server/domain/rate-limits/limits.ts';
import { everyWorkerLooks } from './every-worker-looks.ts';
import { repeat } from './repeat.ts';
import { type BackgroundDependencies, crontab, taskList } from './task-list.ts';
import { ensureUsagePartitions } from './tasks/ensure-usage-partitions.ts';
import { reapExpiredHolds } from './tasks/reap-expired-holds.ts';
import { untilIdle } from './until-idle.ts';

export interface Background {
  /** Settles when the queue's runner ends by itself, which it does only on a failure. */
  readonly ended: Promise<void>;
  /** Takes no more jobs and finishes the ones that run. */
  stop(): Promise<void>;
}

export async function startBackground(dependencies: BackgroundDependencies): Promise<Background> {
  const { pool, logger } = dependencies;
  await ensureUsagePartitions(pool);
  const events: WorkerEvents = new EventEmitter();
  logFailedJobs({ events }, logger);
  const workers = backgroundLimits.concurrentJobsMax;
  const looking = everyWorkerLooks(events, { workers, withinMs: backgroundLimits.startMs });
  looking.catch(() => {}); // it may fail before it is awaited
  const runner = await run({
    pgPool: pool,
    events,
    taskList: taskList(dependencies),
    crontab,
    concurrency: workers,
    noHandleSignals: true,
    logger: quietQueueLogger(logger),
  });
  await looking.catch(async (error: unknown) => {
    await runner.stop();
    throw error;
  });
  // Not by the queue: it is due more often than cron can say, and must not wait behind mail.
  const reaper = repeat(
    async () => {
      const released = await reapExpiredHolds(pool);
      if (released > 0) logger.info({ released }, 'Released expired holds.');
    },
    {
      everyMs: backgroundLimits.reapHoldsEveryMs,
      onError: (error) => logger.warn(describeFailure(error), 'Could not release expired holds.'),
    },
  );
  const alerts = repeat(
    async () => {
      const sent = await sendBudgetAlerts(dependencies);
      if (sent > 0) logger.info({ sent }, 'Queued alerts of budgets.');
    },
    {
      everyMs: budgetLimits.alertEveryMs,
      onError: (error) => logger.warn(describeFailure(error), 'Could not look for alerts of budgets.'),
    },
  );
  return {
    ended: runner.promise,
    async stop() {
      await Promise.all([runner.stop(), reaper.stop(), alerts.stop()]);
      await untilIdle(pool);
    },
  };
}

export function logFailedJobs({ events }: Pick<Runner, 'events'>, logger: Logger): void {
  events.on('job:error', ({ job, error }) => {
    const { id, task_identifier: task, attempts, max_attempts: attemptsMax } = job;
    logger.warn({ jobId: id, task, attempts, attemptsMax, ...describeFailure(error) }, 'A job failed.');
  });
}

/** The queue's own lines name every job, and quote errors, which may quote a mail: what matters is logged above. */
export function quietQueueLogger(logger: Logger): QueueLogger {
  return new QueueLogger(() => (level, message, meta) => {
    if (level !== 'error' || meta?.failure) return;
    logger.error({ queue: message.slice(0, 200) }, 'The queue reported an error.');
  });
}
