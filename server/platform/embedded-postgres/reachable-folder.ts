import { createHash } from 'node:crypto';
import { access, chmod, chown, constants, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canReach, type OperatingUser } from './operating-user.ts';

export interface DatabaseFolder {
  readonly folder: string;
  /** Why it is not the folder that was asked for. */
  readonly movedBecause?: string;
}

/**
 * Makes the folder of the database's files: the one that was wanted, or, where the database's user can't enter that
 * one's parents, one in a public place whose name follows from the wanted one.
 */
export async function makeDatabaseFolder(
  wanted: string,
  user: OperatingUser | undefined,
): Promise<DatabaseFolder> {
  if (!user) return { folder: await makeFolder(wanted) };
  const parent = path.dirname(wanted);
  await makeFolder(parent);
  await letEnter(parent);
  if (canReach(user, parent)) return { folder: await makeFolder(wanted, user) };

  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  for (const place of ['/var/lib', tmpdir(), '/tmp']) {
    const base = path.join(place, 'modelyard');
    const made = await mkdir(base, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    );
    if (made && (await isOurs(base)) && canReach(user, base)) {
      const folder = await makeFolder(path.join(base, key), user);
      return {
        folder,
        movedBecause: `The user ${user.name}, whom PostgreSQL runs as, can't enter ${parent}. The database is in ${folder}.`,
      };
    }
  }
  throw new Error(
    `The user ${user.name}, whom PostgreSQL runs as, can't enter ${parent}. Move the checkout to a folder that other users may enter, or set DATABASE_URL.`,
  );
}

async function makeFolder(folder: string, owner?: OperatingUser): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    if (owner) await chown(folder, owner.uid, owner.gid);
    return folder;
  } catch (cause) {
    throw new Error(`The folder ${folder} can't be written (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}

/** Others may pass through a folder of our own making, and not list it. Folders that others made stay as they are. */
async function letEnter(folder: string): Promise<void> {
  const { mode, uid } = await stat(folder);
  if (uid === 0 && (mode & 0o777) === 0o700) await chmod(folder, 0o711);
}

/** A public place may hold a folder of this name that someone else made. */
async function isOurs(folder: string): Promise<boolean> {
  return (await stat(folder)).uid === 0;
}
