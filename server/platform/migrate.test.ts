import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '#server/testing/free-port.ts';
import { testServerUrl } from '#server/testing/test-server.ts';
import { applyMigrations, MigrationError } from './migrate.ts';

describe('applyMigrations', () => {
  let folder = '';
  let url = '';
  let client: pg.Client;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
    const name = `migrate_${randomBytes(6).toString('hex')}`;
    const server = new pg.Client({ connectionString: testServerUrl() });
    await server.connect();
    await server.query(`CREATE DATABASE ${name}`);
    await server.end();
    const address = new URL(testServerUrl());
    address.pathname = `/${name}`;
    url = address.toString();
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await rm(folder, { recursive: true, force: true });
  });

  async function migration(name: string, sql: string) {
    await mkdir(path.join(folder, name), { recursive: true });
    await writeFile(path.join(folder, name, 'migration.sql'), sql);
  }
  const count = async (table: string) =>
    Number((await client.query(`SELECT count(*) FROM ${table}`)).rows[0]?.count);

  it('applies each migration once, however many processes start at once', async () => {
    await migration('1_first', 'CREATE TABLE things (id int); INSERT INTO things VALUES (1);');
    await migration('2_second', 'INSERT INTO things VALUES (2);');
    const applied = await Promise.all(Array.from({ length: 8 }, () => applyMigrations(url, { folder })));
    expect(applied.flat().sort()).toEqual(['1_first', '2_second']);
    expect(await count('things')).toBe(2);
    expect(await count('_prisma_migrations')).toBe(2);
  });

  it('applies only what is new', async () => {
    await migration('1_first', 'CREATE TABLE things (id int);');
    await applyMigrations(url, { folder });
    await migration('2_second', 'INSERT INTO things VALUES (2);');
    expect(await applyMigrations(url, { folder })).toEqual(['2_second']);
    expect(await applyMigrations(url, { folder })).toEqual([]);
  });

  it('refuses a migration that was edited after it was applied', async () => {
    await migration('1_first', 'CREATE TABLE things (id int);');
    await applyMigrations(url, { folder });
    await migration('1_first', 'CREATE TABLE things (id bigint);');
    await expect(applyMigrations(url, { folder })).rejects.toThrow(/1_first was edited/);
  });

  it('leaves nothing of a migration that fails, and applies it once it is repaired', async () => {
    await migration('1_first', 'CREATE TABLE things (id int); SELECT 1 / 0;');
    await expect(applyMigrations(url, { folder })).rejects.toThrow(MigrationError);
    expect((await client.query("SELECT to_regclass('things') AS found")).rows).toEqual([{ found: null }]);
    expect(await count('_prisma_migrations')).toBe(0);
    await migration('1_first', 'CREATE TABLE things (id int);');
    expect(await applyMigrations(url, { folder })).toEqual(['1_first']);
  });

  it('refuses a database that a newer version has migrated', async () => {
    await migration('1_first', 'CREATE TABLE things (id int);');
    await migration('2_second', 'INSERT INTO things VALUES (2);');
    await applyMigrations(url, { folder });
    await rm(path.join(folder, '2_second'), { recursive: true });
    await expect(applyMigrations(url, { folder })).rejects.toThrow(/2_second.*newer version/);
  });

  it('refuses a migration that Prisma left half-applied', async () => {
    await migration('1_first', 'CREATE TABLE things (id int);');
    await applyMigrations(url, { folder });
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(applyMigrations(url, { folder })).rejects.toThrow(/half-way/);
  });

  it('refuses a server older than 18, and writes nothing', async () => {
    await migration('1_first', 'CREATE TABLE first (id INT)');
    const query: (...parameters: unknown[]) => unknown = pg.Client.prototype.query;
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...parameters: unknown[]
    ) {
      if (!String(parameters[0]).includes('server_version_num')) return query.apply(this, parameters);
      return Promise.resolve({ rows: [{ number: '170008', name: '17.8' }] });
    } as never);
    await expect(applyMigrations(url, { folder })).rejects.toThrow(
      'DATABASE_URL leads to PostgreSQL 17.8. This needs PostgreSQL 18 or newer.',
    );
    vi.restoreAllMocks();
    const { rows } = await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
    expect(rows).toEqual([]);
  });

  it('says in a sentence that the database can’t be reached, without the password', async () => {
    const closed = `postgresql://somebody:hidden-word@127.0.0.1:${await freePort()}/nowhere`;
    const refused = applyMigrations(closed, { folder });
    await expect(refused).rejects.toThrow(/^The database can't be reached: connect ECONNREFUSED/);
    await expect(refused).rejects.not.toThrow(/hidden-word/);
  });
});
