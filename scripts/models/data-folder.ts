import { join, resolve } from 'node:path';
import { REPOSITORY } from './base-folder.ts';

export class MissingDataError extends Error {
  override readonly name = 'MissingDataError';
}

/** Where public data lies that is no part of the repository. */
export function dataFolder(): string {
  return resolve(process.env.DATA_DIR ?? join(REPOSITORY, '..', 'shared', 'data'));
}
