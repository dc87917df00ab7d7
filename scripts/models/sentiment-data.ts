import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { REPOSITORY } from './base-folder.ts';

export const LABELS = ['negative', 'neutral', 'positive'] as const;

export interface LabelledText {
  readonly source: string;
  readonly label: number; // position in LABELS
  readonly text: string;
}

export class MissingDataError extends Error {
  override readonly name = 'MissingDataError';
}

/** Where public data lies that is no part of the repository. */
export function dataFolder(): string {
  return resolve(process.env.DATA_DIR ?? join(REPOSITORY, '..', 'shared', 'data'));
}

export function sentimentFile(split: 'train' | 'dev' | 'test'): string {
  const file = join(dataFolder(), 'sentiment', `${split}.tsv.gz`);
  if (existsSync(file)) return file;
  throw new MissingDataError(
    `${file} is not there. Set DATA_DIR to the folder that holds sentiment/${split}.tsv.gz; ` +
      'docs/models.md names each public source, its licence and the columns (source, label, text).',
  );
}

export function readLabelledTexts(file: string): LabelledText[] {
  const bytes = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  if (lines[0]?.trimEnd() !== 'source\tlabel\ttext') {
    throw new MissingDataError(`${file}: its first line is not "source, label, text", separated by tabs.`);
  }
  return lines
    .slice(1)
    .flatMap((line, index) => (line === '' ? [] : [parseLine(line, `${file}:${index + 2}`)]));
}

function parseLine(line: string, where: string): LabelledText {
  const [source, labelName, text] = line.split('\t');
  const label = LABELS.findIndex((name) => name === labelName);
  if (source === undefined || text === undefined || label < 0) {
    throw new MissingDataError(`${where}: not a source, one of ${LABELS.join(', ')}, and a text.`);
  }
  return { source, label, text };
}
