import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

/** Changes a text without changing what a reader takes from it. `random` gives numbers from 0 to 1. */
export type Perturbation = (text: string, random: () => number) => string;

const EMOJI = ['📦', '📅', '🚌', '🪑', '🧾'];
const DISTRACTORS = [
  'It arrived on a Tuesday.',
  'I read about it in the newspaper.',
  'My neighbour has the same one.',
  'The box was blue.',
];

/** Every change stands alone; the drop of each is measured against the same rows unchanged. */
export const PERTURBATIONS: Readonly<Record<string, Perturbation>> = {
  typos: (text, random) =>
    text.replace(/[a-z]{4,}/gi, (word) => (random() < 0.3 ? swapped(word, random) : word)),
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
  'an emoji that says nothing': (text, random) => `${text} ${pick(EMOJI, random)}`,
  'a sentence beside the point': (text, random) => `${text} ${pick(DISTRACTORS, random)}`,
  'no punctuation': (text) => text.replace(/[.,;:!?"()]/g, ''),
};

/** Two neighbours inside a word change places: the commonest slip in typing. */
function swapped(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** All texts changed in one way, the same way each time. */
export function perturbed(texts: readonly string[], change: Perturbation): string[] {
  return texts.map((text, index) => change(text, randomNumbers(index)));
}
