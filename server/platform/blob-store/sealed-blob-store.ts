import { hkdfSync, randomBytes } from 'node:crypto';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { DamagedBlobError, openChunks, sealChunks } from './sealed-chunks.ts';

const mark = Buffer.from('\0sealed\0chunks1\0', 'latin1');
const saltBytes = 32;
const headBytes = mark.length + saltBytes;

/**
 * Seals what a store keeps, piece by piece. A blob's folder is its workspace; each workspace has a key of its own, and each
 * blob one that follows from it, its name and a salt: it opens in its own place alone. What was kept before without a
 * seal is read as it is.
 */
export function createSealedBlobStore(store: BlobStore, secret: Uint8Array): BlobStore {
  function keyOf(name: string, salt: Uint8Array): Uint8Array {
    const [workspaceId] = name.split('/');
    const workspaceKey = derive(secret, new Uint8Array(), `workspace ${workspaceId}`);
    return derive(workspaceKey, salt, `blob ${name}`);
  }

  async function* sealed(name: string, pieces: AsyncIterable<Uint8Array>) {
    const salt = randomBytes(saltBytes);
    yield Buffer.concat([mark, salt]);
    yield* sealChunks(pieces, keyOf(name, salt));
  }

  async function* opened(name: string, stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const pieces = stored[Symbol.asyncIterator]();
    try {
      const begun = await readAtLeast(headBytes, pieces);
      if (isUnsealed(begun)) return yield* onward(begun, pieces);
      if (begun.length < headBytes || !begun.subarray(0, mark.length).equals(mark)) {
        throw new DamagedBlobError('A kept file is cut, or its head is not what was written.');
      }
      const salt = begun.subarray(mark.length, headBytes);
      yield* openChunks(onward(begun.subarray(headBytes), pieces), keyOf(name, salt));
    } finally {
      await pieces.return?.();
    }
  }

  return {
    async write(name, pieces) {
      let bytes = 0;
      async function* counted() {
        for await (const piece of pieces) {
          bytes += piece.byteLength;
          yield piece;
        }
      }
      await store.write(name, sealed(name, counted()));
      return { bytes };
    },
    async read(name) {
      const stored = await store.read(name);
      if (!stored) return null;
      const pieces = opened(name, stored);
      // What does not open at all is refused here, before anything of an answer has left.
      return beginningWith(await pieces.next(), pieces);
    },
    remove: (name) => store.remove(name),
    list: () => store.list(),
  };
}

function derive(key: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, 32));
}

/** Neither half of the mark is there, so that no single changed byte makes a sealed blob one of before. */
function isUnsealed(head: Buffer): boolean {
  const half = mark.length / 2;
  const [first, second] = [head.subarray(0, half), head.subarray(half, mark.length)];
  return !first.equals(mark.subarray(0, first.length)) && !second.equals(mark.subarray(half));
}

async function readAtLeast(bytes: number, pieces: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for (let length = 0; length < bytes; ) {
    const { done, value } = await pieces.next();
    if (done) break;
    read.push(value);
    length += value.byteLength;
  }
  return Buffer.concat(read);
}

async function* onward(begun: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (begun.byteLength > 0) yield begun;
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
}

/** Closes what it reads from even where nobody asks it for a piece, which a generator that was not begun would not. */
function beginningWith(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  let held: IteratorResult<Uint8Array> | null = first;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const next = held ?? rest.next();
        held = null;
        return next;
      },
      return: () => rest.return(undefined),
    }),
  };
}
