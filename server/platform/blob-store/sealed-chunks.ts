import { createCipheriv, createDecipheriv } from 'node:crypto';

const chunkBytes = 64 * 1024;
const tagBytes = 16;
const nonceBytes = 12;

/** Bytes that were kept do not open: they were changed, cut, put in another order or place, or sealed under another secret. */
export class DamagedBlobError extends Error {
  override readonly name = 'DamagedBlobError';
}

/**
 * AES-256-GCM, a chunk at a time. The nonce is the chunk's number and whether it is the last one (the STREAM construction
 * of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so chunks open in their order alone, and to the end. A key seals once.
 */
export async function* sealChunks(
  pieces: AsyncIterable<Uint8Array>,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  for await (const { bytes, index, isLast } of inChunks(pieces, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(index, isLast));
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Gives nothing that was not authenticated. */
export async function* openChunks(
  pieces: AsyncIterable<Uint8Array>,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  for await (const { bytes, index, isLast } of inChunks(pieces, chunkBytes + tagBytes)) {
    const opened = openChunk(bytes, key, nonce(index, isLast));
    if (opened.length > 0) yield opened;
  }
}

function openChunk(bytes: Buffer, key: Uint8Array, iv: Uint8Array): Buffer {
  const end = bytes.length - tagBytes;
  if (end < 0) throw new DamagedBlobError('A kept file is cut.');
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()]);
  } catch (cause) {
    throw new DamagedBlobError('A kept file is not what was sealed, or was sealed under another secret.', {
      cause,
    });
  }
}

/** All of the same size but the last one, which alone may be empty, and only where there are no bytes at all. */
async function* inChunks(pieces: AsyncIterable<Uint8Array>, size: number) {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let index = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.byteLength;
    // Not at exactly a chunk's bytes: it may be the last.
    if (length <= size) continue;
    let rest = Buffer.concat(waiting);
    for (; rest.length > size; rest = rest.subarray(size)) {
      yield { bytes: rest.subarray(0, size), index: index++, isLast: false };
    }
    waiting = [rest];
    length = rest.length;
  }
  yield { bytes: Buffer.concat(waiting), index, isLast: true };
}

function nonce(index: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(nonceBytes);
  bytes.writeUIntBE(index, nonceBytes - 7, 6);
  bytes[nonceBytes - 1] = isLast ? 1 : 0;
  return bytes;
}
