import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type EvaluatedKind, evaluateArguments } from './evaluate-arguments.ts';
import { EvaluationError } from './evaluation-error.ts';

const read = (line: string, kind: EvaluatedKind = 'texts') => evaluateArguments(line.split(' '), () => kind);

describe('the arguments of an evaluation', () => {
  it('are a model and data, and what to write', () => {
    const json = join(tmpdir(), 'report.json');
    expect(read(`sentiment rows.tsv --json ${json} --folds 5`)).toEqual({
      model: 'sentiment',
      data: 'rows.tsv',
      json,
      svg: undefined,
      folds: 5,
      tokens: 8192,
    });
    expect(read('text novel.txt --tokens 16384', 'language models').tokens).toBe(16384);
  });

  it.each([
    ['sentiment', 'texts', 'npm run evaluate -- MODEL DATA'],
    ['sentiment a.tsv b.tsv', 'texts', '"b.tsv" is one argument too many'],
    ['sentiment a.tsv --folds abc', 'texts', '--folds is a whole number from 2 to 20'],
    ['sentiment a.tsv --folds 0', 'texts', '--folds is a whole number from 2 to 20'],
    ['sentiment a.tsv --folds 21', 'texts', '--folds is a whole number from 2 to 20'],
    ['sentiment a.tsv --tokens 5', 'texts', '--tokens is not for texts'],
    ['cifar10 a.zip --folds 5', 'pictures', '--folds is not for pictures'],
    ['text a.txt --svg b', 'language models', '--svg is not for language models'],
    ['text a.txt --tokens 1', 'language models', '--tokens is a whole number from 2'],
    ['sentiment a.tsv --json /no/such/folder/a.json', 'texts', 'there is no folder /no/such/folder'],
    ['sentiment a.tsv --svg package.json', 'texts', '--svg package.json is a file, not a folder'],
    [`sentiment a.tsv --json ${tmpdir()}`, 'texts', 'is a folder, not a file'],
  ] as const)('are refused in a sentence before anything runs: %s', (line, kind, sentence) => {
    const reading = () => read(line, kind);
    expect(reading).toThrow(EvaluationError);
    expect(reading).toThrow(sentence);
  });
});
