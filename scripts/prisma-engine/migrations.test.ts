import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The tests' database was migrated by server/platform/migrate.ts, not by Prisma. */
describe("Prisma's commands on a database that the product has migrated", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  function prisma(...args: string[]) {
    const run = spawnSync(process.execPath, ['scripts/prisma-cli.mjs', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: database.url },
    });
    return { status: run.status, said: `${run.stdout}${run.stderr}` };
  }

  it('migrate status: up to date', () => {
    const { status, said } = prisma('migrate', 'status');
    expect(said).toContain('Database schema is up to date');
    expect(status).toBe(0);
  });

  it('migrate deploy: nothing pending', () => {
    const { status, said } = prisma('migrate', 'deploy');
    expect(said).toContain('No pending migrations to apply');
    expect(status).toBe(0);
  });

  it('migrate diff: the schema and the database are the same, partitions or not', () => {
    const { status, said } = prisma(
      'migrate',
      'diff',
      '--from-config-datasource',
      '--to-schema',
      'prisma/schema.prisma',
      '--exit-code',
    );
    expect(said).toContain('No difference detected');
    expect(status).toBe(0);
  });

  it('migrate dev: replays all migrations in a shadow database and finds no drift', () => {
    const { status, said } = prisma('migrate', 'dev');
    expect(said).toContain('Already in sync');
    expect(status).toBe(0);
  });

  it('migrate diff tells a real difference', async () => {
    await database.pool.query('ALTER TABLE users ADD COLUMN nickname text');
    const { status, said } = prisma(
      'migrate',
      'diff',
      '--from-config-datasource',
      '--to-schema',
      'prisma/schema.prisma',
      '--exit-code',
    );
    expect(said).toContain('nickname');
    expect(status).toBe(2);
  });
});
