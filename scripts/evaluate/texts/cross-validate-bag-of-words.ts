import { EvaluationError } from '../evaluation-error.ts';
import { balancedWeights } from '../measures/balanced-weights.ts';
import { crossValidate, stratifiedFolds } from '../measures/cross-validation.ts';
import { accuracy, type Measure, macroRecall } from '../measures/measures.ts';
import { trainBagOfWords } from './bag-of-words.ts';
import type { EvaluationRow } from './labelled-texts.ts';

export interface FoldFigures {
  readonly folds: number;
  readonly accuracy: { readonly mean: number; readonly deviation: number };
  readonly macroRecall: { readonly mean: number; readonly deviation: number };
}

const SEED = 1;

/** Each fold needs a row, and a row of another fold to learn from. */
export function expectFolds(rows: readonly EvaluationRow[], folds: number): void {
  if (folds <= rows.length) return;
  throw new EvaluationError(`--folds ${folds} is more than there are rows: ${rows.length}.`);
}

/** What a linear model reaches on the same rows when it is trained on the rest of them. */
export function crossValidateBagOfWords(
  rows: readonly EvaluationRow[],
  labels: readonly string[],
  folds: number,
): FoldFigures {
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
