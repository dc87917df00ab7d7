import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { createFolderBlobStore } from './folder-blob-store.ts';

let folder: string;
let blobs: BlobStore;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  blobs = createFolderBlobStore(folder);
});
afterAll(() => rm(folder, { recursive: true }));

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function textOf(name: string): Promise<string | null> {
  const found = await blobs.read(name);
  if (!found) return null;
  const chunks: Uint8Array[] = [];
  for await (const piece of found) chunks.push(piece);
  return Buffer.concat(chunks).toString();
}

it('keeps what was written, in the place of what was there, until it is removed', async () => {
  expect(await blobs.write('a/one', pieces('he', 'llo'))).toEqual({ bytes: 5 });
  expect(await textOf('a/one')).toBe('hello');
  await blobs.write('a/one', pieces('other'));
  expect(await textOf('a/one')).toBe('other');
  await blobs.remove('a/one');
  await blobs.remove('a/one');
  expect(await textOf('a/one')).toBeNull();
});

it('leaves what was there, and nothing else, where the writing fails', async () => {
  await blobs.write('b/one', pieces('kept'));
  async function* failing() {
    yield Buffer.from('half');
    throw new Error('cut off');
  }
  await expect(blobs.write('b/one', failing())).rejects.toThrow('cut off');
  expect(await textOf('b/one')).toBe('kept');
  expect(await readdir(path.join(folder, 'b'))).toEqual(['one']);
});

it.each(['../out/x', 'a/../../x', '/etc/passwd', 'a', 'a/b/c'])('has no blob named %s', async (name) => {
  await expect(blobs.read(name)).rejects.toThrow('no name');
});
