import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive } from '#server/platform/embedded-postgres/postmaster-pid.ts';
import { freePort } from '#server/testing/free-port.ts';
import { startService } from './start-service.ts';
import { supervise } from './supervise.ts';

const backOff = { firstMs: 10, mostMs: 40, healthyAfterMs: 60_000 };

/** A service of the product's shape: answers /readyz, and ends on SIGTERM. */
const service = `
  import { createServer } from 'node:http';
  const server = createServer((_, response) => response.end('ok')).listen(Number(process.env.PORT), process.env.HOST);
  process.on('SIGTERM', () => { if (!process.env.STUBBORN) { server.close(() => process.exit(0)); server.closeAllConnections(); } });
`;

async function withService<T>(
  source: string,
  run: (start: (more?: object) => ReturnType<typeof startService>) => Promise<T>,
) {
  const root = await mkdtemp(path.join(tmpdir(), 'modelyard-service-'));
  const port = await freePort();
  await mkdir(path.join(root, 'dist'));
  await writeFile(path.join(root, 'dist/service.mjs'), source);
  try {
    return await run((more = {}) =>
      startService({
        name: 'service',
        root,
        entry: 'service.mjs',
        environment: process.env,
        port,
        host: '127.0.0.1',
        logFile: path.join(root, 'service.log'),
        ...more,
      }),
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

describe('supervise', () => {
  it('starts again what dies, and stops it for good when told', () =>
    withService(service, async (start) => {
      const ends: string[] = [];
      const supervised = await supervise({
        name: 'service',
        start: () => start(),
        backOff,
        onEnd: (how) => ends.push(how),
      });
      const first = supervised.pid() ?? 0;
      process.kill(first, 'SIGKILL');
      await expect
        .poll(() => supervised.pid() !== undefined && supervised.pid() !== first, { timeout: 10_000 })
        .toBe(true);
      const second = supervised.pid() ?? 0;
      await supervised.stop();
      expect(ends).toEqual(['signal SIGKILL']);
      expect([isAlive(first), isAlive(second)]).toEqual([false, false]);
    }));

  it('waits longer after each failure, up to a bound', async () => {
    const waits: number[] = [];
    let starts = 0;
    const supervised = await supervise({
      name: 'flaky',
      async start() {
        starts += 1;
        if (starts > 1 && starts < 6) throw new Error('not yet');
        const ended = starts === 1 ? Promise.resolve('exit code 1') : new Promise<string>(() => {});
        return { pid: starts, ended, stop: async () => {} };
      },
      backOff,
      onEnd: (_, nextTryMs) => waits.push(nextTryMs),
    });
    await expect.poll(() => supervised.pid()).toBe(6);
    expect(waits).toEqual([10, 20, 40, 40, 40]);
  });

  it('fails when the very first start fails, with what the service said last', () =>
    withService('console.log("no database"); process.exit(3);', async (start) => {
      await expect(supervise({ name: 'service', start: () => start() })).rejects.toThrow(
        /exit code 3[\s\S]*no database/,
      );
    }));

  it('kills a service that does not end in time', () =>
    withService(service, async (start) => {
      const running = await start({ stopTimeoutMs: 200, environment: { ...process.env, STUBBORN: '1' } });
      await running.stop();
      expect(await running.ended).toBe('signal SIGKILL');
    }));

  it('leaves no service behind when the supervisor is killed', () =>
    withService(service, async () => {
      const root = await mkdtemp(path.join(tmpdir(), 'modelyard-orphan-'));
      await mkdir(path.join(root, 'dist'));
      await writeFile(path.join(root, 'dist/service.mjs'), service);
      const code = `
        import { startService } from ${JSON.stringify(path.join(import.meta.dirname, 'start-service.ts'))};
        const running = await startService({ name: 's', root: ${JSON.stringify(root)}, entry: 'service.mjs', environment: process.env,
          port: ${await freePort()}, host: '127.0.0.1', logFile: ${JSON.stringify(path.join(root, 's.log'))} });
        console.log(running.pid);
        setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
        cwd: path.resolve(import.meta.dirname, '../..'),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(chunk.toString());
      expect(isAlive(pid)).toBe(true);
      parent.kill('SIGKILL');
      await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
      await rm(root, { recursive: true, force: true });
    }));
});
