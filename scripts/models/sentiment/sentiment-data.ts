import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EvaluationRow, readEvaluationRows } from '#scripts/evaluate/texts/labelled-texts.ts';
import { dataFolder, MissingDataError } from '../data-folder.ts';

export const LABELS = ['negative', 'neutral', 'positive'] as const;

/** Its label is a position in LABELS. */
export type LabelledText = EvaluationRow;

export function sentimentFile(split: 'train' | 'dev' | 'test'): string {
  const file = join(dataFolder(), 'sentiment', `${split}.tsv.gz`);
  if (existsSync(file)) return file;
  throw new MissingDataError(
    `${file} is not there. Set DATA_DIR to the folder that holds sentiment/${split}.tsv.gz; ` +
      'docs/models.md names each public source, its licence and the columns (source, label, text).',
  );
}

export function readLabelledTexts(file: string): LabelledText[] {
  return readEvaluationRows(file, LABELS);
}
