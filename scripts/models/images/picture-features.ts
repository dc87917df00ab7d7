import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PictureSet } from '#workers/fine-tuning/images/picture-set.ts';
import { CACHE } from '../base-folder.ts';

/** Rows of features, one a picture. */
export interface Features {
  readonly width: number;
  readonly values: Float32Array; // [count, width]
  readonly labels: Uint8Array;
}

export interface FeatureOrders {
  readonly folder: string;
  readonly set: PictureSet;
}

/**
 * What the image model says of pictures before its last layer, computed by the very file that serves, one process a core;
 * kept in the cache under the digest of that file.
 */
export async function pictureFeatures(
  folder: string,
  { digest, name }: { readonly digest: string; readonly name: string },
  set: PictureSet,
): Promise<Features> {
  const file = join(CACHE, 'features', digest.slice(0, 16), `${name}.bin`);
  const count = set.labels.length;
  if (!existsSync(file)) {
    const values = await computeFeatures(folder, set);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(`${file}.part`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    renameSync(`${file}.part`, file);
  }
  const bytes = readFileSync(file);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { width: values.length / count, values, labels: set.labels };
}

async function computeFeatures(folder: string, set: PictureSet): Promise<Float32Array> {
  const processes = availableParallelism();
  const size = set.side * set.side * 3;
  const each = Math.ceil(set.labels.length / processes);
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      inProcess({
        folder,
        set: {
          side: set.side,
          pixels: set.pixels.slice(index * each * size, (index + 1) * each * size),
          labels: set.labels.slice(index * each, (index + 1) * each),
        },
      }),
    ),
  );
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function inProcess(orders: FeatureOrders): Promise<Float32Array> {
  const entry = fileURLToPath(new URL('./picture-features-process.ts', import.meta.url));
  const child = fork(entry, { serialization: 'advanced' });
  child.send(orders);
  return new Promise((resolve, reject) => {
    child.once('message', (values) => resolve(values as Float32Array));
    child.once('exit', (code) => reject(new Error(`The features ended with code ${code}.`)));
  });
}
