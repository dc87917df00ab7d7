import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PictureSet } from '#workers/fine-tuning/images/picture-set.ts';
import { MissingDataError } from '../data-folder.ts';

/** Grey pictures with their labels in the format of MNIST (LeCun and others, 1998): `<split>-images-idx3-ubyte.gz`. */
export function readIdxPictures(folder: string, split: 'train' | 't10k'): PictureSet {
  const images = unzipped(join(folder, `${split}-images-idx3-ubyte.gz`), 0x0803);
  const labels = unzipped(join(folder, `${split}-labels-idx1-ubyte.gz`), 0x0801);
  const count = images.readUInt32BE(4);
  const side = images.readUInt32BE(8);
  const grey = images.subarray(16);
  if (
    images.readUInt32BE(12) !== side ||
    grey.length !== count * side * side ||
    labels.length !== 8 + count
  ) {
    throw new MissingDataError(`${folder}: the files of ${split} do not belong together.`);
  }
  const pixels = new Uint8Array(3 * grey.length);
  grey.forEach((value, index) => {
    pixels.fill(value, 3 * index, 3 * index + 3);
  });
  return { side, pixels, labels: Uint8Array.from(labels.subarray(8)) };
}

function unzipped(file: string, magic: number): Buffer {
  if (!existsSync(file)) {
    throw new MissingDataError(`${file} is not there. Set DATA_DIR to the folder that holds images/.`);
  }
  const bytes = gunzipSync(readFileSync(file));
  if (bytes.length < 16 || bytes.readUInt32BE(0) !== magic) {
    throw new MissingDataError(`${file} is not of the format IDX.`);
  }
  return bytes;
}
