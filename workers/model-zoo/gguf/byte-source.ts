import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { GgufError } from './gguf-error.ts';

/** Where a file's bytes come from: a few at a time, since a model may be larger than memory. */
export interface ByteSource {
  readonly byteLength: number;
  /** A copy, aligned to its own buffer. Both ends lie within the file. */
  read(start: number, end: number): Uint8Array;
}

export interface FileSource extends ByteSource {
  close(): void;
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  // Not `slice`: on a Buffer that is a view of the same memory.
  return {
    byteLength: bytes.byteLength,
    read: (start, end) => new Uint8Array(bytes.subarray(start, end)),
  };
}

export function fileSource(path: string): FileSource {
  const descriptor = open(path);
  return {
    byteLength: fstatSync(descriptor).size,
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      let done = 0;
      while (done < bytes.length) {
        const count = readSync(descriptor, bytes, done, bytes.length - done, start + done);
        if (count === 0) throw new GgufError(`${path} became shorter while it was read.`);
        done += count;
      }
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new GgufError(`${path} can't be opened: ${(cause as Error).message}`, { cause });
  }
}
