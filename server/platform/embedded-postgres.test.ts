import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '#server/testing/free-port.ts';
import { isAlive } from './embedded-postgres/postmaster-pid.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('the embedded PostgreSQL', () => {
  let parent = '';
  let options: { folder: string; port: number; password: string };
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'modelyard-postgres-'));
    options = { folder: path.join(parent, 'data'), port: await freePort(), password: 'p4ss w0rd/ü' };
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  async function ask(url: string, statement: string): Promise<unknown> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(statement);
    await client.end();
    return Object.values(rows[0] ?? {})[0];
  }

  /** A process that starts the same server and is killed: what a crash of the supervisor leaves. */
  async function startInAnother(
    code: string,
  ): Promise<{ postgres: number; parent: ReturnType<typeof spawn> }> {
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(path.join(root, 'server/platform/embedded-postgres.ts'))};
      const server = await startEmbeddedPostgres(${JSON.stringify(options)});
      ${code}
      console.log(server.pid);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    return { postgres: Number(chunk.toString()), parent: child };
  }

  it('keeps what it holds over a stop, and sorts the same on every system', async () => {
    const first = await startEmbeddedPostgres(options);
    expect(
      await ask(
        first.databaseUrl('postgres'),
        `SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['b','A','a','B']) w`,
      ),
    ).toBe('ABab');
    await ask(first.databaseUrl('postgres'), 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await startEmbeddedPostgres(options);
    expect(await ask(second.databaseUrl('postgres'), 'SELECT n FROM kept')).toBe(7);
    await second.stop();
  });

  it('ends soon after its parent was killed', async () => {
    const { postgres, parent: killed } = await startInAnother('');
    expect(isAlive(postgres)).toBe(true);
    killed.kill('SIGKILL');
    await expect.poll(() => isAlive(postgres), { timeout: 10_000 }).toBe(false);
  });

  it('starts at once after its parent was killed, whatever is left', async () => {
    const { postgres, parent: killed } = await startInAnother('');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const server = await startEmbeddedPostgres(options);
    expect(server.pid).not.toBe(postgres);
    expect(await ask(server.databaseUrl('postgres'), 'SELECT 1')).toBe(1);
    await server.stop();
  });

  it('stops a server that was left running, and takes over its folder', async () => {
    const left = await startEmbeddedPostgres(options);
    const notes: string[] = [];
    const next = await startEmbeddedPostgres({ ...options, onNote: (note) => notes.push(note) });
    await left.exited;
    expect(notes).toEqual(['Stopped a database that an earlier start had left running.']);
    expect(await ask(next.databaseUrl('postgres'), 'SELECT 1')).toBe(1);
    await next.stop();
  });

  it('says what is wrong when it can not start', async () => {
    const first = await startEmbeddedPostgres(options);
    await expect(startEmbeddedPostgres({ ...options, folder: path.join(parent, 'other') })).rejects.toThrow(
      /PostgreSQL did not start\.[\s\S]*could not/,
    );
    await first.stop();
  });

  it.runIf(process.getuid?.() === 0)('moves to a place that its user may enter, and says so', async () => {
    const closed = await mkdtemp(path.join(parent, 'closed-'));
    const folder = path.join(closed, 'checkout/.modelyard/postgres');
    const notes: string[] = [];
    const server = await startEmbeddedPostgres({ ...options, folder, onNote: (note) => notes.push(note) });
    expect(notes.join()).toContain(`The database is in ${server.folder}`);
    expect(await ask(server.databaseUrl('postgres'), 'SELECT 1')).toBe(1);
    await server.stop();
    await rm(server.folder, { recursive: true, force: true });
  });
});
