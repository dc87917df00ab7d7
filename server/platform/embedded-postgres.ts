import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './embedded-postgres/binaries.ts';
import { endWithParent } from './embedded-postgres/end-with-parent.ts';
import { initialiseCluster } from './embedded-postgres/initialise-cluster.ts';
import { operatingUser } from './embedded-postgres/operating-user.ts';
import { readPostmaster, stopLeftover, stopPostmaster } from './embedded-postgres/postmaster-pid.ts';
import { makeDatabaseFolder } from './embedded-postgres/reachable-folder.ts';

export interface EmbeddedPostgresOptions {
  /** Where its files are to be. As root it may end up elsewhere: see `folder` of what is returned. */
  readonly folder: string;
  readonly port: number;
  /** Of the user `postgres`. It is set when the files are made, and has to stay the same. */
  readonly password: string;
  /** Lines of postgresql.conf on top of ours. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onNote?: (sentence: string) => void;
}

export interface EmbeddedPostgres {
  readonly folder: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, whoever ended it. */
  readonly exited: Promise<void>;
  databaseUrl(database: string): string;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

const defaultSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // The compiler's warm-up costs more than our statements.
  jit: 'off',
  // No statement and no value in the log: both may hold personal data.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * A real PostgreSQL from an npm package, as a child of this process. One that was left running in the folder by a
 * parent that was killed is stopped first, so that whoever calls this is the one who watches the server.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = operatingUser();
  const { folder, movedBecause } = await makeDatabaseFolder(path.resolve(options.folder), user);
  if (movedBecause) options.onNote?.(movedBecause);
  const binaries = await findBinaries(user, path.dirname(folder));
  if (await stopLeftover(folder))
    options.onNote?.('Stopped a database that an earlier start had left running.');
  await initialiseCluster({ initdb: binaries.initdb, folder, password: options.password, user });

  const settings = { ...defaultSettings, port: String(options.port), ...options.settings };
  const log = openSync(path.join(folder, 'server.log'), 'a', 0o600);
  const child = spawn(
    binaries.postgres,
    ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop things in their order.
    {
      uid: user?.uid,
      gid: user?.gid,
      cwd: folder,
      stdio: ['ignore', log, log],
      detached: process.platform !== 'win32',
    },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const pid = child.pid ?? 0;
  const letOff = endWithParent(pid);
  void exited.then(letOff);
  await untilReady(child, folder, exited);

  return {
    folder,
    port: options.port,
    pid,
    exited,
    databaseUrl: (database) =>
      `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      await stopPostmaster(pid);
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess, folder: string, exited: Promise<void>): Promise<void> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (ended) throw new Error(`PostgreSQL did not start. ${await lastWords(folder)}`);
    const postmaster = await readPostmaster(folder);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return;
    await sleep(15);
  }
  child.kill('SIGINT');
  throw new Error(`PostgreSQL was not ready after ${startTimeoutMs / 1000} s. ${await lastWords(folder)}`);
}

async function lastWords(folder: string): Promise<string> {
  const log = path.join(folder, 'server.log');
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  return `The end of ${log}:\n${lines.slice(-5).join('\n')}`;
}
