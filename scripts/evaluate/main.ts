import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  describeModel,
  digestModel,
  ModelFolderError,
  servedFiles,
} from '#workers/model-runtime/onnx/model-folder.ts';
import { openTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import { ModelConfigError } from '#workers/model-zoo/bert-config.ts';
import { confusionSvg } from './confusion-svg.ts';
import { crossValidateBagOfWords } from './cross-validate-bag-of-words.ts';
import { judgeTexts } from './judge-texts.ts';
import { EvaluationError, type EvaluationRow, readEvaluationRows } from './labelled-texts.ts';
import { measureLatency } from './measure-latency.ts';
import { printReports } from './print-reports.ts';
import { reliabilitySvg } from './reliability-svg.ts';
import { type Report, reportOf } from './report.ts';

const USAGE = `npm run evaluate -- MODEL DATA [--json FILE] [--svg FOLDER] [--folds N]

MODEL    a folder of workers/models by its name, or any model folder
DATA     a TSV, gzipped or not, whose first line names the columns source, label and text
--json   writes every figure there
--svg    writes the reliability diagram and the confusion matrix there
--folds  also trains the bag of words on DATA, N-fold cross-validated, to compare with`;

const MODELS = fileURLToPath(new URL('../../workers/models/', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, svg: { type: 'string' }, folds: { type: 'string' } },
  });
  const [model, data] = positionals;
  if (!model || !data) throw new EvaluationError(USAGE);
  const folder = folderOf(model);
  const { labels } = await describeModel(folder);
  const rows = readEvaluationRows(data, labels);
  const opened = await openTextClassifier(folder);
  const { p50Ms } = await measureLatency(opened);
  const judged = await judgeTexts(opened, rows, labels);
  const report = (of: (row: EvaluationRow) => boolean) =>
    reportOf(
      judged.filter((_, index) => of(rows[index] as EvaluationRow)),
      labels,
    );
  const sources = [...new Set(rows.map(({ source }) => source))].sort();
  const bySource: Record<string, Report> = Object.fromEntries(
    sources.map((source) => [source, report((row) => row.source === source)]),
  );
  const all = {
    ...report(() => true),
    msP50: p50Ms,
    sizeBytes: servedFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
  };
  const digest = await digestModel(folder);
  const result = { model: basename(folder), digest, data: basename(data), labels, all, sources: bySource };
  const folds = values.folds ? crossValidateBagOfWords(rows, labels, Number(values.folds)) : undefined;
  printReports(result, folds);
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ ...result, bagOfWords: folds }, null, 2)}\n`);
  if (values.svg) {
    mkdirSync(values.svg, { recursive: true });
    writeFileSync(join(values.svg, 'reliability.svg'), reliabilitySvg(all.reliability, all.ece));
    writeFileSync(join(values.svg, 'confusion.svg'), confusionSvg(all.confusion, labels));
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

try {
  await main();
} catch (error) {
  const said = [EvaluationError, ModelFolderError, ModelConfigError].some((kind) => error instanceof kind);
  if (!said && !(error instanceof TypeError && 'code' in error)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
