import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelFolderError } from '#workers/model-runtime/onnx/model-folder.ts';
import { ModelConfigError } from '#workers/model-zoo/config-fields.ts';
import { GgufError } from '#workers/model-zoo/gguf/gguf-error.ts';
import { type EvaluatedKind, evaluateArguments } from './evaluate-arguments.ts';
import { EvaluationError } from './evaluation-error.ts';
import { evaluateLanguage, ggufOf } from './language-models/evaluate-language.ts';
import { evaluatePictures } from './pictures/evaluate-pictures.ts';
import { confusionSvg } from './reports/confusion-svg.ts';
import { printLanguageReport } from './reports/print-language-report.ts';
import { printReports } from './reports/print-reports.ts';
import { reliabilitySvg } from './reports/reliability-svg.ts';
import { evaluateTexts } from './texts/evaluate-texts.ts';

const MODELS = fileURLToPath(new URL('../../workers/models/', import.meta.url));

async function main(): Promise<void> {
  const { model, data, json, svg, folds, tokens } = evaluateArguments(process.argv.slice(2), kindOf);
  const gguf = findGguf(model);
  if (gguf) {
    const report = await evaluateLanguage(gguf, data, tokens);
    printLanguageReport(report);
    if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const folder = folderOf(model);
  const evaluation = isImageModel(folder)
    ? await evaluatePictures(folder, data)
    : await evaluateTexts(folder, data, folds);
  printReports(evaluation);
  if (json) writeFileSync(json, `${JSON.stringify(evaluation, null, 2)}\n`);
  if (svg) {
    const { reliability, ece, confusion } = evaluation.all;
    mkdirSync(svg, { recursive: true });
    writeFileSync(join(svg, 'reliability.svg'), reliabilitySvg(reliability, ece));
    writeFileSync(join(svg, 'confusion.svg'), confusionSvg(confusion, evaluation.labels));
  }
}

function kindOf(model: string): EvaluatedKind {
  if (findGguf(model)) return 'language models';
  return isImageModel(folderOf(model)) ? 'pictures' : 'texts';
}

function findGguf(model: string): string | undefined {
  return ggufOf(model) ?? ggufOf(join(MODELS, model));
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
