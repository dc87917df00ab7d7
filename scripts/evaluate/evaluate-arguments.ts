import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EvaluationError } from './evaluation-error.ts';

const TOKENS_MAX = 8192;
export const FOLDS_MAX = 20;
export const USAGE = `npm run evaluate -- MODEL DATA [--json FILE] [--svg FOLDER] [--folds N] [--tokens N]

MODEL    a folder of workers/models by its name, or any model folder; of language models also a GGUF file
DATA     for texts a TSV, gzipped or not, whose first line names the columns source, label and text;
         for pictures a ZIP or a folder of class folders, named by the classes' words or WordNet ids;
         for language models a text in UTF-8
--json   writes every figure there
--svg    of texts and pictures: writes the reliability diagram and the confusion matrix there
--tokens of language models: how many tokens of the text are read, ${TOKENS_MAX} if it is left out
--folds  of texts: also trains the bag of words on DATA, N-fold cross-validated (2 to ${FOLDS_MAX}), to compare with`;

export type EvaluatedKind = 'texts' | 'pictures' | 'language models';

const OPTIONS_OF = {
  texts: ['json', 'svg', 'folds'],
  pictures: ['json', 'svg'],
  'language models': ['json', 'tokens'],
} as const satisfies Record<EvaluatedKind, readonly string[]>;

export interface EvaluateArguments {
  readonly model: string;
  readonly data: string;
  readonly json: string | undefined;
  readonly svg: string | undefined;
  readonly folds: number | undefined;
  readonly tokens: number;
}

/** All that can be wrong with them is said before a model runs for minutes. */
export function evaluateArguments(
  args: readonly string[],
  kindOf: (model: string) => EvaluatedKind,
): EvaluateArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      svg: { type: 'string' },
      folds: { type: 'string' },
      tokens: { type: 'string' },
    },
  });
  const [model, data, more] = positionals;
  if (!model || !data) throw new EvaluationError(USAGE);
  if (more !== undefined) throw new EvaluationError(`"${more}" is one argument too many.\n\n${USAGE}`);
  const kind = kindOf(model);
  const foreign = Object.keys(values).find((name) => !(OPTIONS_OF[kind] as readonly string[]).includes(name));
  if (foreign) throw new EvaluationError(`--${foreign} is not for ${kind}.\n\n${USAGE}`);
  if (values.json !== undefined) expectWritable(values.json);
  if (values.svg !== undefined && statSync(values.svg, { throwIfNoEntry: false })?.isFile()) {
    throw new EvaluationError(`--svg ${values.svg} is a file, not a folder.`);
  }
  return {
    model,
    data,
    json: values.json,
    svg: values.svg,
    folds: values.folds === undefined ? undefined : wholeNumber('folds', values.folds, 2, FOLDS_MAX),
    tokens: wholeNumber('tokens', values.tokens ?? String(TOKENS_MAX), 2, Number.MAX_SAFE_INTEGER),
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const upTo = max === Number.MAX_SAFE_INTEGER ? ` from ${min}` : ` from ${min} to ${max}`;
  throw new EvaluationError(`--${name} is a whole number${upTo}.`);
}

function expectWritable(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new EvaluationError(`--json ${file} is a folder, not a file.`);
  }
  const folder = dirname(resolve(file));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new EvaluationError(`--json ${file}: there is no folder ${folder}.`);
  }
}
