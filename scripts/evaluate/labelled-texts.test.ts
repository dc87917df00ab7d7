import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readEvaluationRows } from './labelled-texts.ts';

const LABELS = ['bad', 'good'];

function file(content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rows-')), 'rows.tsv');
  writeFileSync(path, content);
  return path;
}

describe('the rows of an evaluation', () => {
  const tsv = 'label\tid\tsource\ttext\r\ngood\t1\ta\tfine\r\n\nbad\t2\tb\t\n';
  const rows = [
    { source: 'a', label: 1, text: 'fine' },
    { source: 'b', label: 0, text: '' },
  ];

  it('are read by the names of the columns, zipped or not', () => {
    expect(readEvaluationRows(file(tsv), LABELS)).toEqual(rows);
    expect(readEvaluationRows(file(gzipSync(tsv)), LABELS)).toEqual(rows);
  });

  it.each([
    ['text\tlabel\nfine\tgood\n', 'no column source'],
    ['source\tlabel\ttext\na\tgreat\tfine\n', ':2: the label "great" is none of bad, good'],
    ['source\tlabel\ttext\na\tgood\tfine\na\n', ':3: columns are missing'],
    ['source\tlabel\ttext\n', 'has no rows'],
  ])('that are none are refused with the line: %j', (content, sentence) => {
    expect(() => readEvaluationRows(file(content), LABELS)).toThrow(sentence);
  });
});
