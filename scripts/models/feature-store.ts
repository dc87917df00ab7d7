import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows of one file. A chunk is written whole or not at all, so an extraction that was ended goes on where it was. */
export const CHUNK_ROWS = 4096;

/**
 * Features on disk, 16 bits each (bfloat16: the encoder's own 8-bit noise is larger than its rounding). The folder's
 * name holds the encoder's digest, so features of another encoder are never taken for this one's.
 */
export interface FeatureStore {
  readonly folder: string;
  readonly width: number;
  readonly rows: number;
}

export function chunkCount(store: FeatureStore): number {
  return Math.ceil(store.rows / CHUNK_ROWS);
}

export function hasChunk(store: FeatureStore, chunk: number): boolean {
  return existsSync(chunkFile(store, chunk));
}

export function writeChunk(store: FeatureStore, chunk: number, features: Float32Array): void {
  const bits = new Uint32Array(features.buffer, features.byteOffset, features.length);
  const halves = Uint16Array.from(bits, (value) => (value + 0x8000) >>> 16);
  mkdirSync(store.folder, { recursive: true });
  const file = chunkFile(store, chunk);
  writeFileSync(`${file}.part`, halves);
  renameSync(`${file}.part`, file);
}

/** All rows, [rows, width], as the 16 bits that are stored. */
export function readFeatures(store: FeatureStore): Uint16Array {
  const all = new Uint16Array(store.rows * store.width);
  for (let chunk = 0; chunk < chunkCount(store); chunk++) {
    const bytes = readFileSync(chunkFile(store, chunk));
    all.set(
      new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2),
      chunk * CHUNK_ROWS * store.width,
    );
  }
  return all;
}

/** Rows by position, as floats [positions, width]. */
export function gatherRows(features: Uint16Array, width: number, positions: ArrayLike<number>): Float32Array {
  const bits = new Uint32Array(positions.length * width);
  for (let row = 0; row < positions.length; row++) {
    const start = (positions[row] ?? 0) * width;
    for (let column = 0; column < width; column++) {
      bits[row * width + column] = (features[start + column] ?? 0) << 16;
    }
  }
  return new Float32Array(bits.buffer);
}

function chunkFile({ folder }: FeatureStore, chunk: number): string {
  return join(folder, `${String(chunk).padStart(4, '0')}.bf16`);
}
