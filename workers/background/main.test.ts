import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, createControlPlane, testSecret } from '#server/testing/control-plane.ts';
import { startBackground } from '#server/testing/processes.ts';

describe('the background process', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane();
  });
  afterAll(() => plane.drop());
  const enqueue = () =>
    plane.services.db.$transaction((transaction) =>
      plane.services.mailQueue.enqueue(transaction, {
        to: 'a@example.com',
        subject: 's',
        text: 't',
        html: 'h',
      }),
    );
  const sent = () => plane.services.db.outboxMail.count();

  it('is ready, sends what is queued, and ends on SIGTERM with nothing left half done', async () => {
    const env = { MODELYARD_SECRET: testSecret };
    const background = await startBackground({ databaseUrl: plane.database.url, env });
    expect((await fetch(`${background.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${background.url}/elsewhere`)).status).toBe(404);
    await enqueue();
    await expect.poll(sent, { timeout: 10_000 }).toBe(1);
    await background.stop();
    expect(background.process.exitCode).toBe(0);
    const { rows } = await plane.database.pool.query('SELECT * FROM graphile_worker.jobs');
    expect(rows).toEqual([]);
  });

  it('goes on when its database connections are cut', async () => {
    await plane.services.db.outboxMail.deleteMany();
    const env = { MODELYARD_SECRET: testSecret };
    const background = await startBackground({ databaseUrl: plane.database.url, env });
    await enqueue();
    await expect.poll(sent, { timeout: 10_000 }).toBe(1);
    const { rows: cut } = await plane.database.pool.query<{ pid: number }>(
      `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'background%'`,
    );
    // They end a moment later. One that took a job in between would keep it, as a process that died does.
    const left = async () => {
      const pids = cut.map(({ pid }) => pid);
      const { rows } = await plane.database.pool.query(
        'SELECT pid FROM pg_stat_activity WHERE pid = ANY ($1)',
        [pids],
      );
      return rows.length;
    };
    await expect.poll(left, { interval: 5 }).toBe(0);
    await enqueue();
    const ended = () => background.process.exitCode !== null;
    await expect.poll(async () => (await sent()) === 2 || ended(), { timeout: 20_000 }).toBe(true);
    expect(ended()).toBe(false);
    await background.stop();
  });

  it('with --once drains what is due and ends', async () => {
    await plane.services.db.outboxMail.deleteMany();
    await enqueue();
    const child = spawn(process.execPath, ['--import', 'tsx', 'workers/background/main.ts', '--once'], {
      env: {
        ...process.env,
        DATABASE_URL: plane.database.url,
        MODELYARD_SECRET: testSecret,
        LOG_LEVEL: 'warn',
      },
      stdio: 'ignore',
    });
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(await sent()).toBe(1);
  });
});
