import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import { readNovels } from './novels.ts';
import { type PunctuationRow, passagesOf, punctuationRow } from './punctuation-task.ts';

export interface PunctuationRows {
  readonly train: readonly PunctuationRow[];
  /** Of novels that no row of the training is from. */
  readonly heldOut: readonly PunctuationRow[];
}

const SEED = 20261126;
const BOUNDS = { wordsMin: 10, wordsMax: 24 } as const;
/** Every so-manieth novel is kept out of training. */
const NOVELS_APART = 15;
const PASSAGES_A_NOVEL = { train: 11, heldOut: 40 } as const;

export function readPunctuationRows(): PunctuationRows {
  const novels = readNovels();
  const rows = (isHeldOut: boolean, passagesANovel: number) => {
    const passages = novels
      .filter((_, index) => (index % NOVELS_APART === NOVELS_APART - 1) === isHeldOut)
      .flatMap(({ text }, index) => passagesOf(text, BOUNDS, SEED + index).slice(0, passagesANovel));
    return Array.from(shuffled(passages.length, SEED), (at) => punctuationRow(passages[at] as string));
  };
  return {
    train: rows(false, PASSAGES_A_NOVEL.train),
    heldOut: rows(true, PASSAGES_A_NOVEL.heldOut),
  };
}
