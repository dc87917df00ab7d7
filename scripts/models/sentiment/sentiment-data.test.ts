import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { EvaluationError } from '#scripts/evaluate/evaluation-error.ts';
import { MissingDataError } from '../data-folder.ts';
import { readLabelledTexts, sentimentFile } from './sentiment-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'sentiment-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Buffer): string {
  const path = join(folder, typeof content === 'string' ? 'rows.tsv' : 'rows.tsv.gz');
  writeFileSync(path, content);
  return path;
}

describe('the training data', () => {
  it('says where it looked and where the data is described when it is absent', () => {
    vi.stubEnv('DATA_DIR', folder);
    expect(() => sentimentFile('train')).toThrow(MissingDataError);
    expect(() => sentimentFile('train')).toThrow('docs/models.md');
  });

  it('reads rows, gzipped or not', () => {
    const rows = 'source\tlabel\ttext\na\tneutral\tHello\nb\tpositive\tGood, "quoted"\n';
    const expected = [
      { source: 'a', label: 1, text: 'Hello' },
      { source: 'b', label: 2, text: 'Good, "quoted"' },
    ];
    expect(readLabelledTexts(file(rows))).toEqual(expected);
    expect(readLabelledTexts(file(gzipSync(rows)))).toEqual(expected);
  });

  it.each([
    ['another header', 'text\tlabel\n', 'has no column source'],
    ['an unknown label', 'source\tlabel\ttext\na\tmixed\tHello\n', ':2: the label "mixed" is none of'],
    ['a row without a text', 'source\tlabel\ttext\na\tneutral\n', ':2: columns are missing'],
  ])('refuses %s', (_, content, sentence) => {
    const reading = () => readLabelledTexts(file(content));
    expect(reading).toThrow(EvaluationError);
    expect(reading).toThrow(sentence);
  });
});
