import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeDataFolder, unwritableDataFolder } from './make-data-folder.ts';

/** What can't be made anew without losing something: kept in the data folder, for the owner's eyes only. */
export interface Secrets {
  /** Others are derived from it: sessions, mail links, hashed addresses. */
  readonly masterSecret: string;
  /** Of the embedded PostgreSQL. */
  readonly databasePassword: string;
  readonly demoPassword: string;
}

export async function openDataFolder(folder: string): Promise<void> {
  makeDataFolder(path.join(folder, 'logs'));
  try {
    const probe = path.join(folder, '.writable');
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw unwritableDataFolder(folder, error);
  }
}

export async function readOrMakeSecrets(folder: string): Promise<Secrets> {
  const file = path.join(folder, 'secrets.json');
  const kept = await readJson<Partial<Secrets>>(file);
  const secrets: Secrets = {
    masterSecret: kept?.masterSecret ?? randomBytes(32).toString('base64url'),
    databasePassword: kept?.databasePassword ?? randomBytes(24).toString('base64url'),
    demoPassword: kept?.demoPassword ?? randomBytes(12).toString('base64url'),
  };
  writeSecretJson(file, secrets);
  return secrets;
}

export async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    // Cut off by a crash: as if it had never been written.
    return undefined;
  }
}

/** Whole or not at all, 0600 from its first byte, and in the order of the calls. */
export function writeSecretJson(file: string, value: object): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}
