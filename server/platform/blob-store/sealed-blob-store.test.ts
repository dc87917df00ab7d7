import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { deriveSecret } from '../derived-secrets.ts';
import { createFolderBlobStore } from './folder-blob-store.ts';
import { createSealedBlobStore } from './sealed-blob-store.ts';

const name = 'workspace-1/file-1';
const chunk = 64 * 1024;
const sealedChunk = chunk + 16;
const head = 48;
const secret = deriveSecret('master', 'blob-seal');
const marked = '{"input":"the marked text"}\n';

let folder: string;
let plain: BlobStore;
let blobs: BlobStore;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  plain = createFolderBlobStore(folder);
  blobs = createSealedBlobStore(plain, secret);
});
afterAll(() => rm(folder, { recursive: true }));

async function* pieces(content: Uint8Array, size = 10_000) {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** No two chunks of it are alike. */
function contentOf(length: number): Buffer {
  const content = Buffer.alloc(length);
  for (let at = 0; at < length; at++) content[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) % 251;
  content.write(marked.slice(0, length));
  return content;
}

async function opened(of = name, store = blobs): Promise<Buffer | null> {
  const found = await store.read(of);
  if (!found) return null;
  const read: Uint8Array[] = [];
  for await (const piece of found) read.push(piece);
  return Buffer.concat(read);
}

const onDisk = (of = name) => readFile(path.join(folder, of));
const damaged = { name: 'DamagedBlobError' };

describe('a sealed blob', () => {
  it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 5])(
    'of %i bytes is opened as it was written, and counted so, by pieces of any size',
    async (length) => {
      const content = contentOf(length);
      for (const size of [997, chunk, 5 * chunk]) {
        expect(await blobs.write(name, pieces(content, size))).toEqual({ bytes: length });
        expect(content.equals((await opened()) ?? Buffer.from('none'))).toBe(true);
      }
    },
  );

  it('does not have on the disk what was written, nor the same bytes twice', async () => {
    const text = Buffer.from(marked.repeat(4_000));
    await blobs.write(name, pieces(text));
    const first = await onDisk();
    expect(first.toString('latin1')).not.toMatch(/marked|input/);
    expect(first.length).toBe(head + text.length + 2 * 16);
    await blobs.write(name, pieces(text));
    const second = await onDisk();
    expect(second.subarray(head, head + 64).equals(first.subarray(head, head + 64))).toBe(false);
  });

  it('is refused with any byte of it changed', async () => {
    await blobs.write(name, pieces(contentOf(100)));
    const sealed = await onDisk();
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await writeFile(path.join(folder, name), changed);
      await expect(opened(), `byte ${at}`).rejects.toMatchObject(damaged);
    }
  });

  describe('of several chunks', () => {
    let sealed: Buffer;
    const chunkAt = (index: number) =>
      sealed.subarray(head + index * sealedChunk, head + (index + 1) * sealedChunk);
    beforeAll(async () => {
      await blobs.write(name, pieces(contentOf(3 * chunk)));
      sealed = await onDisk();
    });

    it.each([
      ['two in each other’s place', () => [chunkAt(1), chunkAt(0), chunkAt(2)]],
      ['one twice', () => [chunkAt(0), chunkAt(0), chunkAt(1), chunkAt(2)]],
      ['one left out', () => [chunkAt(0), chunkAt(2)]],
      ['the last one cut off', () => [chunkAt(0), chunkAt(1)]],
      ['cut in the middle of one', () => [chunkAt(0), chunkAt(1).subarray(0, 1_000)]],
      ['all cut off', () => []],
      ['something after the last', () => [chunkAt(0), chunkAt(1), chunkAt(2), Buffer.from('x')]],
    ])('is refused with %s', async (_, parts) => {
      await writeFile(path.join(folder, name), Buffer.concat([sealed.subarray(0, head), ...parts()]));
      await expect(opened()).rejects.toMatchObject(damaged);
    });

    it.each([0, 1, 20, head - 1])('is refused cut to %i bytes', async (length) => {
      await writeFile(path.join(folder, name), sealed.subarray(0, length));
      await expect(opened()).rejects.toMatchObject(damaged);
    });

    it('gives what comes before the damage, and nothing of the rest', async () => {
      const changed = Buffer.from(sealed);
      changed[head + sealedChunk + 5] = (changed[head + sealedChunk + 5] ?? 0) ^ 1;
      await writeFile(path.join(folder, name), changed);
      const read: Uint8Array[] = [];
      await expect(
        (async () => {
          for await (const piece of (await blobs.read(name)) ?? []) read.push(piece);
        })(),
      ).rejects.toMatchObject(damaged);
      expect(Buffer.concat(read).equals(contentOf(3 * chunk).subarray(0, chunk))).toBe(true);
    });
  });

  it.each(['workspace-2/file-1', 'workspace-1/file-2'])('is not opened as %s', async (other) => {
    await blobs.write(name, pieces(contentOf(100)));
    await mkdir(path.dirname(path.join(folder, other)), { recursive: true });
    await copyFile(path.join(folder, name), path.join(folder, other));
    // Before a reader has anything of an answer.
    await expect(blobs.read(other)).rejects.toMatchObject(damaged);
    expect((await opened())?.length).toBe(100);
  });

  it('is not opened under another secret', async () => {
    await blobs.write(name, pieces(contentOf(100)));
    const other = createSealedBlobStore(plain, deriveSecret('another', 'blob-seal'));
    await expect(other.read(name)).rejects.toMatchObject(damaged);
  });

  it.each([1, 7, 12, 16, 40, 3 * chunk])('reads %i bytes that were written before as they are', async (n) => {
    await plain.write('workspace-1/old', pieces(contentOf(n)));
    expect(contentOf(n).equals((await opened('workspace-1/old')) ?? Buffer.alloc(0))).toBe(true);
  });

  it('leaves what was there where the writing fails, and is gone when removed', async () => {
    await blobs.write(name, pieces(contentOf(10)));
    async function* failing() {
      yield Buffer.alloc(2 * chunk);
      throw new Error('cut off');
    }
    await expect(blobs.write(name, failing())).rejects.toThrow('cut off');
    expect((await opened())?.length).toBe(10);
    await blobs.remove(name);
    expect(await opened()).toBeNull();
  });

  it('is read and written piece by piece, and closed when a reader has enough', async () => {
    let [given, taken, closed] = [0, 0, false];
    let lead = 0;
    let kept: Uint8Array[] = [];
    const inner: BlobStore = {
      async write(_, sealed) {
        kept = [];
        for await (const piece of sealed) {
          kept.push(piece);
          taken += piece.byteLength;
          lead = Math.max(lead, given - taken);
        }
        return { bytes: taken };
      },
      async read() {
        return (async function* () {
          try {
            given = 0;
            for (const piece of kept) {
              given += piece.byteLength;
              yield piece;
            }
          } finally {
            closed = true;
          }
        })();
      },
      async remove() {},
      async *list() {},
    };
    const store = createSealedBlobStore(inner, secret);
    async function* large() {
      for (let i = 0; i < 200; i++) {
        given += chunk / 2;
        yield Buffer.alloc(chunk / 2);
      }
    }
    await store.write(name, large());
    expect(lead).toBeLessThanOrEqual(3 * chunk);
    for await (const piece of (await store.read(name)) ?? []) {
      expect(piece.byteLength).toBe(chunk);
      break;
    }
    expect(given).toBeLessThanOrEqual(4 * chunk);
    expect(closed).toBe(true);
  });
});
