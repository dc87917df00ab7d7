import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EvaluationError } from '../evaluation-error.ts';
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

  it('are read where a spreadsheet wrote a byte order mark before them', () => {
    expect(readEvaluationRows(file(`\ufeff${tsv}`), LABELS)).toEqual(rows);
  });

  it('are cells between tabs: a quotation mark is one of the text', () => {
    const quoted = 'source\tlabel\ttext\na\tgood\t"He said ""fine"""\n';
    expect(readEvaluationRows(file(quoted), LABELS)[0]?.text).toBe('"He said ""fine"""');
  });

  const latin = Buffer.from('source\tlabel\ttext\na\tgood\tna\xefve\n', 'latin1');
  it.each([
    ['another encoding', latin, 'not a text in UTF-8'],
    ['UTF-16', Buffer.from(`\ufeff${tsv}`, 'utf16le'), 'not a text in UTF-8'],
    ['cut short', gzipSync(tsv).subarray(0, -9), "can't be unzipped"],
    ['a bomb', gzipSync(Buffer.alloc(257 * 1024 * 1024)), 'more than the 268435456 bytes'],
  ])('are refused in a sentence where the file is none: %s', (_, content, sentence) => {
    const reading = () => readEvaluationRows(file(content), LABELS);
    expect(reading).toThrow(EvaluationError);
    expect(reading).toThrow(sentence);
  });

  it('are refused in a sentence where there is no file', () => {
    expect(() => readEvaluationRows(tmpdir(), LABELS)).toThrow('is no file');
    expect(() => readEvaluationRows(join(tmpdir(), 'no-such.tsv'), LABELS)).toThrow('is not there');
  });

  it.each([
    ['source\tlabel\ttext\ttext\na\tgood\tfine\tbad\n', 'has the column text twice'],
    ['text\tlabel\nfine\tgood\n', 'no column source'],
    ['source\tlabel\ttext\na\tgreat\tfine\n', ':2: the label "great" is none of bad, good'],
    ['source\tlabel\ttext\na\tgood\tfine\na\n', ':3: columns are missing'],
    ['source\tlabel\ttext\n', 'has no rows'],
  ])('that are none are refused with the line: %j', (content, sentence) => {
    expect(() => readEvaluationRows(file(content), LABELS)).toThrow(sentence);
  });
});
