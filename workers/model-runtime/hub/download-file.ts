import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type HubClient, type HubFile, HubUnreachableError } from './hub-client.ts';
import { HubError } from './hub-error.ts';
import { hubLimits } from './hub-limits.ts';
import type { HubModel } from './hub-model.ts';

export interface DownloadOptions {
  readonly client: HubClient;
  readonly model: HubModel;
  readonly file: HubFile;
  /** Where it is to be. Until it is whole and right, it lies beside it as `.part`. */
  readonly target: string;
  readonly onProgress?: (bytes: number) => void;
  readonly limits?: Readonly<Record<'stalledMs' | 'triesMax' | 'waitMs', number>>;
}

/**
 * Goes on where an earlier attempt ended, this process's or another's. Tried again while it gets on: only attempts that
 * bring no byte count.
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { file, target, limits = hubLimits } = options;
  const part = `${target}.part`;
  await mkdir(path.dirname(target), { recursive: true });
  let idle = 0;
  for (;;) {
    const before = await sizeOf(part);
    if (before >= file.sizeBytes) break;
    try {
      await append(options, part, before);
    } catch (error) {
      if (!(error instanceof HubUnreachableError)) throw error;
      idle = (await sizeOf(part)) > before ? 1 : idle + 1;
      if (idle >= limits.triesMax) throw error;
      await wait(limits.waitMs * 2 ** (idle - 1));
    }
  }
  const digest = await digestOf(part);
  if (digest !== file.sha256) {
    await rm(part);
    throw new HubError(
      `${file.path} has the checksum ${digest}; the hub says ${file.sha256}. What was fetched is thrown away; start again.`,
    );
  }
  await rename(part, target);
}

async function append(
  { client, model, file, onProgress, limits = hubLimits }: DownloadOptions,
  part: string,
  from: number,
): Promise<void> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), limits.stalledMs);
  let handle: FileHandle | undefined;
  try {
    const { start, bytes } = await client.open(model, file, from, stalled.signal);
    handle = await open(part, start === 0 ? 'w' : 'a');
    let written = start;
    for await (const chunk of bytes) {
      timer.refresh();
      await handle.writeFile(chunk);
      written += chunk.byteLength;
      onProgress?.(written);
    }
    if (written < file.sizeBytes) throw new HubUnreachableError(`The hub broke off in ${file.path}.`);
    await handle.sync();
  } catch (cause) {
    if (cause instanceof HubError || isOfFile(cause)) throw cause;
    const why = stalled.signal.aborted ? `sent nothing for ${limits.stalledMs / 1000} s` : 'broke off';
    throw new HubUnreachableError(`The hub ${why} in ${file.path}.`, { cause });
  } finally {
    clearTimeout(timer);
    await handle?.close();
  }
}

/** A full disk is not the network's doing. */
function isOfFile(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && ['write', 'open', 'fsync'].includes(`${error.syscall}`)
  );
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

async function digestOf(file: string): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
