import type { ByteSource } from './byte-source.ts';
import { GgufError } from './gguf-error.ts';

/** Metadata with the vocabulary and merges of 256,000 tokens take about 10 MB. */
const HEADER_BYTES_MAX = 256 * 1024 * 1024;
const WINDOW_BYTES = 1024 * 1024;
const STRING_BYTES_MAX = 16 * 1024 * 1024;

/** Goes through the head of a file; nothing is allocated before the file is known to be long enough for it. */
export interface HeaderCursor {
  readonly position: number;
  view(bytes: number): DataView;
  uint32(): number;
  /** A count or a length. One that no array could have is refused, with `what` it counts. */
  length(what: string): number;
  string(what: string): string;
  /** Throws if less than `bytes` are left. */
  expect(bytes: number, what: string): void;
}

export function headerCursor(source: ByteSource): HeaderCursor {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let position = 0;
  let window: Uint8Array = new Uint8Array(0);
  let windowStart = 0;

  function expect(bytes: number, what: string) {
    if (bytes > source.byteLength - position) {
      throw new GgufError(
        `The file is cut short: ${what} needs ${bytes} bytes at ${position}, the file has ${source.byteLength}.`,
      );
    }
    if (position + bytes > HEADER_BYTES_MAX) {
      throw new GgufError(`The head of the file takes more than ${HEADER_BYTES_MAX} bytes.`);
    }
  }

  function take(bytes: number, what: string): Uint8Array {
    expect(bytes, what);
    if (position + bytes > windowStart + window.length) {
      windowStart = position;
      window = source.read(position, Math.min(source.byteLength, position + Math.max(bytes, WINDOW_BYTES)));
    }
    const start = position - windowStart;
    position += bytes;
    return window.subarray(start, start + bytes);
  }

  function view(bytes: number, what = 'a number'): DataView {
    const taken = take(bytes, what);
    return new DataView(taken.buffer, taken.byteOffset, bytes);
  }

  function length(what: string): number {
    const value = view(8, what).getBigUint64(0, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new GgufError(`${what} claims to be ${value}.`);
    return Number(value);
  }

  return {
    get position() {
      return position;
    },
    view,
    uint32: () => view(4).getUint32(0, true),
    length,
    string(what) {
      const bytes = length(`the length of ${what}`);
      if (bytes > STRING_BYTES_MAX) throw new GgufError(`${what} claims to be ${bytes} bytes long.`);
      try {
        return decoder.decode(take(bytes, what));
      } catch (cause) {
        if (cause instanceof GgufError) throw cause;
        throw new GgufError(`${what} is not UTF-8.`, { cause });
      }
    },
    expect,
  };
}
