import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { olderServer } from './database/server-version.ts';

export interface MigrateOptions {
  /** Folder with a folder a migration, as Prisma writes them. */
  readonly folder?: string;
  readonly onApplied?: (name: string) => void;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Any number that no one else locks. */
const advisoryLockId = 72_707_369;

/** Prisma's own table, to the letter: its commands read what this writes, and the other way round. */
const migrationsTable = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies the migrations that are missing, each in a transaction of its own, and returns their names. Any number of
 * processes may call it at once: one works, the others wait and find nothing to do.
 *
 * It does what `prisma migrate deploy` does, without Prisma's native engine, which can't be had offline.
 */
export async function applyMigrations(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? path.resolve('prisma/migrations'));
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'migrate' });
  client.on('error', () => {});
  await client.connect().catch((error: Error) => {
    throw new MigrationError(`The database can't be reached: ${error.message}`, { cause: error });
  });
  try {
    await assertServerVersion(client);
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLockId]);
    await client.query(migrationsTable);
    const pending = await findPending(client, migrations);
    for (const migration of pending) {
      await apply(client, migration);
      options.onApplied?.(migration.name);
    }
    return pending.map((migration) => migration.name);
  } finally {
    // Ends the session, and the lock with it.
    await client.end();
  }
}

async function assertServerVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; name: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name",
  );
  const complaint = rows[0] && olderServer(Number(rows[0].number), rows[0].name);
  if (complaint) throw new MigrationError(complaint);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function findPending(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const recorded = new Map(rows.map((row) => [row.migration_name, row]));
  const known = new Set(migrations.map((migration) => migration.name));
  const stranger = rows.find((row) => !known.has(row.migration_name));
  if (stranger) {
    throw new MigrationError(
      `The database has the migration ${stranger.migration_name}, which this version does not know. Start the newer version instead.`,
    );
  }
  return migrations.filter((migration) => {
    const row = recorded.get(migration.name);
    if (!row) return true;
    if (!row.finished_at) {
      throw new MigrationError(
        `The migration ${migration.name} failed half-way earlier. Repair the database, then run: npm run prisma -- migrate resolve`,
      );
    }
    if (row.checksum !== migration.checksum) {
      throw new MigrationError(
        `The migration ${migration.name} was edited after it was applied to this database. Restore the file and put the change into a new migration.`,
      );
    }
    return false;
  });
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`The migration ${migration.name} failed and was rolled back: ${reason}`, {
      cause: error,
    });
  }
}
