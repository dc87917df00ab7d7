import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ModelFolderError } from '#workers/model-runtime/onnx/model-folder.ts';
import { ModelConfigError } from '#workers/model-zoo/config-fields.ts';
import { GgufError } from '#workers/model-zoo/gguf/gguf-error.ts';
import { confusionSvg } from './confusion-svg.ts';
import { evaluateLanguage, ggufOf } from './evaluate-language.ts';
import { evaluatePictures } from './evaluate-pictures.ts';
import { evaluateTexts } from './evaluate-texts.ts';
import { EvaluationError } from './evaluation-error.ts';
import { printLanguageReport } from './print-language-report.ts';
import { printReports } from './print-reports.ts';
import { reliabilitySvg } from './reliability-svg.ts';

const TOKENS_MAX = 8192;
const USAGE = `npm run evaluate -- MODEL DATA [--json FILE] [--svg FOLDER] [--folds N] [--tokens N]

MODEL    a folder of workers/models by its name, or any model folder; of language models also a GGUF file
DATA     for texts a TSV, gzipped or not, whose first line names the columns source, label and text;
         for pictures a ZIP or a folder of class folders, named by the classes' words or WordNet ids;
         for language models a text in UTF-8
--json   writes every figure there
--svg    writes the reliability diagram and the confusion matrix there
--tokens of language models: how many tokens of the text are read, ${TOKENS_MAX} if it is left out
--folds  of texts: also trains the bag of words on DATA, N-fold cross-validated, to compare with`;

const MODELS = fileURLToPath(new URL('../../workers/models/', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      svg: { type: 'string' },
      folds: { type: 'string' },
      tokens: { type: 'string', default: String(TOKENS_MAX) },
    },
  });
  const [model, data] = positionals;
  if (!model || !data) throw new EvaluationError(USAGE);
  const gguf = ggufOf(model) ?? ggufOf(join(MODELS, model));
  if (gguf) {
    const report = await evaluateLanguage(gguf, data, Number(values.tokens));
    printLanguageReport(report);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const folder = folderOf(model);
  const evaluation = isImageModel(folder)
    ? await evaluatePictures(folder, data)
    : await evaluateTexts(folder, data, values.folds ? Number(values.folds) : undefined);
  printReports(evaluation);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(evaluation, null, 2)}\n`);
  if (values.svg) {
    const { reliability, ece, confusion } = evaluation.all;
    mkdirSync(values.svg, { recursive: true });
    writeFileSync(join(values.svg, 'reliability.svg'), reliabilitySvg(reliability, ece));
    writeFileSync(join(values.svg, 'confusion.svg'), confusionSvg(confusion, evaluation.labels));
  }
}

function folderOf(model: string): string {
  const builtIn = join(MODELS, model);
  const folder = existsSync(join(builtIn, 'config.json')) ? builtIn : model;
  if (existsSync(join(folder, 'config.json'))) return folder;
  throw new EvaluationError(
    `${model} is no model: neither a name in workers/models nor a folder with a config.json.`,
  );
}

/** timm's layout names its labels in `label_names`. */
function isImageModel(folder: string): boolean {
  return readFileSync(join(folder, 'config.json'), 'utf8').includes('"label_names"');
}

try {
  await main();
} catch (error) {
  const said = [EvaluationError, ModelFolderError, ModelConfigError, GgufError].some(
    (kind) => error instanceof kind,
  );
  if (!said && !(error instanceof TypeError && 'code' in error)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
