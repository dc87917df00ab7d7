import { mkdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { RuntimeLogger } from '../onnx/runtime-logger.ts';
import { downloadFile } from './download-file.ts';
import type { HubClient, HubFile } from './hub-client.ts';
import { HubError } from './hub-error.ts';
import { type HubModel, partPaths } from './hub-model.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface FetchHubModelDependencies {
  readonly client: HubClient;
  /** Where models of the hub are kept. */
  readonly folder: string;
  readonly logger: RuntimeLogger;
}

const PROGRESS_EVERY_MS = 10_000;

/**
 * The file of a model of the hub, or the first of its parts, on this machine. A file is only in its place when its checksum was
 * right, so what is there is served without asking the hub.
 */
export async function fetchHubModel(
  { client, folder, logger }: FetchHubModelDependencies,
  model: HubModel,
): Promise<string> {
  const paths = partPaths(model);
  const home = path.join(folder, model.repository, model.revision, withoutEnding(model.path));
  const targetOf = (file: string) => path.join(home, path.posix.basename(file));
  const target = targetOf(model.path);
  if (await allThere(paths.map(targetOf))) return target;
  await mkdir(home, { recursive: true });
  return oneAtATime(path.join(home, 'fetching.lock'), async () => {
    if (await allThere(paths.map(targetOf))) return target;
    const files = await client.describe(model, paths);
    await expectRoom(home, files, targetOf);
    for (const file of files) {
      if (await allThere([targetOf(file.path)])) continue;
      logger.info({ file: file.path, bytes: file.sizeBytes }, 'fetching a model of the hub');
      await downloadFile({
        client,
        model,
        file,
        target: targetOf(file.path),
        onProgress: progressLogger(logger, file),
      });
    }
    return target;
  });
}

function withoutEnding(file: string): string {
  return file.replace(/\.gguf$/, '');
}

async function allThere(files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(files.map((file) => stat(file).catch(() => null)));
  return found.every((one) => one?.isFile());
}

async function expectRoom(home: string, files: readonly HubFile[], targetOf: (file: string) => string) {
  const sizes = await Promise.all(
    files.map(async ({ path: file, sizeBytes }) => {
      const there = await Promise.all(
        [targetOf(file), `${targetOf(file)}.part`].map((one) => stat(one).catch(() => null)),
      );
      return (
        sizeBytes -
        Math.min(
          sizeBytes,
          there.reduce((sum, one) => sum + (one?.size ?? 0), 0),
        )
      );
    }),
  );
  const needed = sizes.reduce((sum, size) => sum + size, 0);
  const { bavail, bsize } = await statfs(home);
  if (needed > bavail * bsize) {
    throw new HubError(`The model needs ${needed} more bytes in ${home}; ${bavail * bsize} are free.`);
  }
}

function progressLogger(logger: RuntimeLogger, { path: file, sizeBytes }: HubFile) {
  let saidAtMs = Date.now();
  return (bytes: number) => {
    if (Date.now() - saidAtMs < PROGRESS_EVERY_MS) return;
    saidAtMs = Date.now();
    logger.info({ file, bytes, of: sizeBytes }, 'fetching a model of the hub');
  };
}
