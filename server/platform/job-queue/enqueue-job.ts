import type { Prisma } from '#prisma/generated/client.ts';

export type TaskName = 'send-mail' | 'deliver-webhook';

export interface JobOptions {
  readonly attemptsMax: number;
  /** Left out: now. */
  readonly runAt?: Date;
  /** Of those with one key a single one waits: a later one takes its place. */
  readonly jobKey?: string;
}

/**
 * In the transaction of the row that causes it. The queue's schema is made by ensure-queue.ts; without it the
 * statement fails, and the transaction with it: nothing is ever queued nowhere.
 */
export async function enqueueJob(
  transaction: Prisma.TransactionClient,
  task: TaskName,
  payload: Readonly<Record<string, string>>,
  { attemptsMax, runAt, jobKey }: JobOptions,
): Promise<void> {
  const json = JSON.stringify(payload);
  await transaction.$executeRaw`
    SELECT graphile_worker.add_job(${task}, payload => ${json}::json, max_attempts => ${attemptsMax}::integer,
      run_at => ${runAt ?? null}::timestamptz, job_key => ${jobKey ?? null}::text)`;
}
