import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeModel, digestModel, servedFiles } from '#workers/model-runtime/onnx/model-folder.ts';
import { openTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import type { Evaluation } from '../reports/evaluation.ts';
import { reportOf, reportsBySource } from '../reports/report.ts';
import { crossValidateBagOfWords, expectFolds } from './cross-validate-bag-of-words.ts';
import { judgeTexts } from './judge-texts.ts';
import { readEvaluationRows } from './labelled-texts.ts';
import { measureLatency } from './measure-latency.ts';

/** A text classifier on the rows of a TSV; with `folds` also a bag of words, cross-validated on them. */
export async function evaluateTexts(folder: string, data: string, folds?: number): Promise<Evaluation> {
  const { labels } = await describeModel(folder);
  const rows = readEvaluationRows(data, labels);
  if (folds) expectFolds(rows, folds);
  const opened = await openTextClassifier(folder);
  const { p50Ms } = await measureLatency(opened.classify);
  const judged = await judgeTexts(opened, rows, labels);
  return {
    model: basename(folder),
    digest: await digestModel(folder),
    data: basename(data),
    labels,
    all: {
      ...reportOf(judged, labels),
      msP50: p50Ms,
      sizeBytes: servedFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
    },
    sources: reportsBySource(judged, rows, labels),
    bagOfWords: folds ? crossValidateBagOfWords(rows, labels, folds) : undefined,
  };
}
