import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OperatingUser } from './operating-user.ts';

export interface ClusterOptions {
  readonly initdb: string;
  readonly folder: string;
  readonly password: string;
  readonly user: OperatingUser | undefined;
}

/** initdb, unless the folder has a cluster. One that an interrupted start left half made is made again. */
export async function initialiseCluster({
  initdb,
  folder,
  password,
  user,
}: ClusterOptions): Promise<boolean> {
  if (await isFile(path.join(folder, 'initialised'))) return false;
  for (const entry of await readdir(folder))
    await rm(path.join(folder, entry), { recursive: true, force: true });

  const passwordFile = `${folder}.password-${randomUUID()}`;
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user) await chown(passwordFile, user.uid, user.gid);
    await run(
      initdb,
      [
        `--pgdata=${folder}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        // PostgreSQL's own collation: the same order on every system, and none has to be installed.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
      ],
      user,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(path.join(folder, 'initialised'), '');
  return true;
}

function run(program: string, args: string[], user: OperatingUser | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      uid: user?.uid,
      gid: user?.gid,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed (${code}): ${complaint.trim()}`));
    });
  });
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
