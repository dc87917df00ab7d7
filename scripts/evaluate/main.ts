import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ModelFolderError } from '#workers/model-runtime/onnx/model-folder.ts';
import { ModelConfigError } from '#workers/model-zoo/bert-config.ts';
import { confusionSvg } from './confusion-svg.ts';
import { evaluatePictures } from './evaluate-pictures.ts';
import { evaluateTexts } from './evaluate-texts.ts';
import { EvaluationError } from './labelled-texts.ts';
import { printReports } from './print-reports.ts';
import { reliabilitySvg } from './reliability-svg.ts';

const USAGE = `npm run evaluate -- MODEL DATA [--json FILE] [--svg FOLDER] [--folds N]

MODEL    a folder of workers/models by its name, or any model folder
DATA     for texts a TSV, gzipped or not, whose first line names the columns source, label and text;
         for pictures a ZIP or a folder of class folders, named by the classes' words or WordNet ids
--json   writes every figure there
--svg    writes the reliability diagram and the confusion matrix there
--folds  of texts: also trains the bag of words on DATA, N-fold cross-validated, to compare with`;

const MODELS = fileURLToPath(new URL('../../workers/models/', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, svg: { type: 'string' }, folds: { type: 'string' } },
  });
  const [model, data] = positionals;
  if (!model || !data) throw new EvaluationError(USAGE);
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
  const said = [EvaluationError, ModelFolderError, ModelConfigError].some((kind) => error instanceof kind);
  if (!said && !(error instanceof TypeError && 'code' in error)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
