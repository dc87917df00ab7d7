import { ensureQueue } from '#server/platform/job-queue/ensure-queue.ts';
import { applyMigrations } from '#server/platform/migrate.ts';

/** The product's own tables, then the job queue's: a sign-up enqueues its mail before any worker has run. */
export async function prepareSchema(
  databaseUrl: string,
  options: { readonly folder?: string } = {},
): Promise<string[]> {
  const applied = await applyMigrations(databaseUrl, options);
  await ensureQueue(databaseUrl);
  return applied;
}
