import { runMigrations } from 'graphile-worker';

/** Makes or updates the queue's own schema; after the product's migrations, before anything is queued. Idempotent. */
export async function ensureQueue(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl });
}
