import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ImagenetClass {
  readonly wordnetId: string;
  readonly label: string;
}

/** Two classes each share a word in the list, and one is spelt as nobody writes it. */
const RENAMED: Readonly<Record<string, string>> = {
  n02012849: 'crane (bird)',
  n03126707: 'crane (machine)',
  n03710721: 'tank suit',
  n07697537: 'hot dog',
};

/**
 * The thousand classes of ImageNet in the order of their WordNet ids, which is the order of the model's logits. Darknet
 * (public domain) lists ids and words beside each other, in an order of its own.
 */
export function readImagenetClasses(folder: string): ImagenetClass[] {
  const lines = (file: string) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, 1000);
  const words = lines('imagenet.shortnames.list');
  const classes = lines('imagenet.labels.list').map((wordnetId, index) => ({
    wordnetId,
    label: RENAMED[wordnetId] ?? words[index] ?? '',
  }));
  const labels = new Set(classes.map(({ label }) => label));
  if (labels.size !== 1000 || classes.some(({ wordnetId }) => !/^n\d{8}$/.test(wordnetId))) {
    throw new Error(`${folder} does not name a thousand different classes.`);
  }
  return classes.toSorted((a, b) => (a.wordnetId < b.wordnetId ? -1 : 1));
}
