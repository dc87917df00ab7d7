import { EventEmitter } from 'node:events';
import { Logger as QueueLogger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import { sendBudgetAlerts } from '#server/domain/billing/send-budget-alerts.ts';
import { describeFailure } from '#server/domain/describe-failure.ts';
import type { Logger } from '#server/domain/logger.ts';
import { backgroundLimits, budgetLimits, webhookLimits } from '#server/domain/rate-limits/limits.ts';
import { everyWorkerLooks } from './every-worker-looks.ts';
import { repeat } from './repeat.ts';
import { type BackgroundDependencies, crontab, taskList, webhookTaskList } from './task-list.ts';
import { dispatchWebhooks } from './tasks/dispatch-webhooks.ts';
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
  const [runner, webhookRunner] = await Promise.all([
    startRunner(dependencies, {
      taskList: taskList(dependencies),
      crontab,
      concurrency: backgroundLimits.concurrentJobsMax,
    }),
    startRunner(dependencies, {
      taskList: webhookTaskList(dependencies),
      concurrency: webhookLimits.concurrentMax,
    }),
  ]);
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
  const dispatcher = repeat(
    async () => {
      const { requeued } = await dispatchWebhooks(dependencies.webhooks);
      if (requeued > 0) logger.info({ requeued }, 'Queued deliveries again that had lost their jobs.');
    },
    {
      everyMs: backgroundLimits.dispatchEventsEveryMs,
      onError: (error) => logger.warn(describeFailure(error), 'Could not dispatch events.'),
    },
  );
  return {
    ended: Promise.race([runner.promise, webhookRunner.promise]),
    async stop() {
      await Promise.all([dispatcher.stop(), alerts.stop()]);
      await Promise.all([runner.stop(), webhookRunner.stop(), reaper.stop()]);
      await untilIdle(pool);
    },
  };
}

interface RunnerOptions {
  readonly taskList: TaskList;
  readonly crontab?: string;
  readonly concurrency: number;
}

/** Once each of its workers has looked for a job. */
async function startRunner(
  { pool, logger }: BackgroundDependencies,
  { concurrency, ...work }: RunnerOptions,
): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter();
  logFailedJobs({ events }, logger);
  const looking = everyWorkerLooks(events, { workers: concurrency, withinMs: backgroundLimits.startMs });
  looking.catch(() => {}); // it may fail before it is awaited
  const runner = await run({
    ...work,
    pgPool: pool,
    events,
    concurrency,
    noHandleSignals: true,
    logger: quietQueueLogger(logger),
  });
  await looking.catch(async (error: unknown) => {
    await runner.stop();
    throw error;
  });
  return runner;
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
