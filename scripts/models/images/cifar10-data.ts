import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { readZippedPictures } from '#scripts/evaluate/pictures/zipped-pictures.ts';
import type { PictureSet } from '#workers/fine-tuning/images/picture-set.ts';
import { CACHE } from '../base-folder.ts';
import { dataFolder } from '../data-folder.ts';

/** In the order of the logits. */
export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;
export const CIFAR10_SIDE = 32;
const BYTES = CIFAR10_SIDE * CIFAR10_SIDE * 3;

/** The pictures of `images/cifar10.zip`, decoded once and kept beside the checkpoints. */
export async function readCifar10(split: 'train' | 'test'): Promise<PictureSet> {
  const cache = join(CACHE, 'training', 'cifar10', `${split}.bin`);
  if (!existsSync(cache)) await decodeInto(cache, split);
  const bytes = readFileSync(cache);
  const count = bytes.length / (BYTES + 1);
  return {
    side: CIFAR10_SIDE,
    labels: Uint8Array.from(bytes.subarray(0, count)),
    pixels: Uint8Array.from(bytes.subarray(count)),
  };
}

async function decodeInto(cache: string, split: string): Promise<void> {
  const file = join(dataFolder(), 'images', 'cifar10.zip');
  const pictures = readZippedPictures(file, split, Number.POSITIVE_INFINITY);
  console.log(`decoding ${pictures.length} pictures`);
  const all = new Uint8Array(pictures.length * (BYTES + 1));
  for (const [index, { label, bytes }] of pictures.entries()) {
    all[index] = CIFAR10_CLASSES.indexOf(label as (typeof CIFAR10_CLASSES)[number]);
    all.set(await sharp(bytes).removeAlpha().raw().toBuffer(), pictures.length + index * BYTES);
  }
  mkdirSync(dirname(cache), { recursive: true });
  writeFileSync(`${cache}.part`, all);
  renameSync(`${cache}.part`, cache);
}
