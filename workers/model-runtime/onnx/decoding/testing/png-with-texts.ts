import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE_AND_HEADER_BYTES = 33;

/** A chunk of a PNG: its length, its type and content, and the checksum of both. */
export function pngChunk(type: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** A text of one letter again and again, packed. */
export function packedText(bytes: number): Buffer {
  const packed = deflateSync(Buffer.alloc(bytes, 'x'));
  return pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), packed]));
}

/** With chunks right behind its header. */
export function pngWith(png: Buffer, chunks: readonly Buffer[]): Buffer {
  const [head, rest] = [
    png.subarray(0, SIGNATURE_AND_HEADER_BYTES),
    png.subarray(SIGNATURE_AND_HEADER_BYTES),
  ];
  return Buffer.concat([head, ...chunks, rest]);
}
