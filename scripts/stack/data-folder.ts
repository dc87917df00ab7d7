import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What can't be made anew without losing something: kept in the data folder, for the owner's eyes only. */
export interface Secrets {
  /** Others are derived from it: sessions, mail links, hashed addresses. */
  readonly masterSecret: string;
  /** Of the embedded PostgreSQL. */
  readonly databasePassword: string;
  readonly demoPassword: string;
}

export async function openDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(path.join(folder, 'logs'), { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    const probe = path.join(folder, '.writable');
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(
      `The data folder ${folder} can't be written (${code}). Make it writable, or set DATA_DIR_MODELYARD to a folder that is.`,
      { cause },
    );
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
