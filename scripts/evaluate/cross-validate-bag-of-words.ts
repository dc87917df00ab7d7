import { trainBagOfWords } from './bag-of-words.ts';
import { balancedWeights } from './balanced-weights.ts';
import { crossValidate, stratifiedFolds } from './cross-validation.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { EvaluationRow } from './labelled-texts.ts';
import { accuracy, type Measure, macroRecall } from './measures.ts';

export interface FoldFigures {
  readonly folds: number;
  readonly accuracy: { readonly mean: number; readonly deviation: number };
  readonly macroRecall: { readonly mean: number; readonly deviation: number };
}

const SEED = 1;
const FOLDS_MAX = 20;

/** What a linear model reaches on the same rows when it is trained on the rest of them. */
export function crossValidateBagOfWords(
  rows: readonly EvaluationRow[],
  labels: readonly string[],
  folds: number,
): FoldFigures {
  if (!Number.isInteger(folds) || folds < 2 || folds > FOLDS_MAX) {
    throw new EvaluationError(`--folds is a whole number from 2 to ${FOLDS_MAX}.`);
  }
  const judged = crossValidate(rows, stratifiedFolds(rows, folds, SEED), (training) => {
    const words = trainBagOfWords(training, balancedWeights(training, labels.length), labels.length, SEED);
    return ({ text }) => words.scores(text);
  });
  const over = (measure: Measure) => {
    const values = judged.map(measure);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
  };
  return { folds, accuracy: over(accuracy), macroRecall: over(macroRecall) };
}
