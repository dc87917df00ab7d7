import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '#scripts/models/data-folder.ts';
import { LABELS, type LabelledText } from '#scripts/models/sentiment/sentiment-data.ts';
import type { OpenTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import { hashText } from '#workers/model-zoo/seeded-random.ts';
import type { SentimentMetrics } from '../cards/sentiment-metrics.ts';
import { accuracy, best, bootstrap, bootstrapDifference, type Judged } from '../measures/measures.ts';
import { contrastTexts } from './contrast-pairs.ts';
import { counterfactuals } from './counterfactuals.ts';
import { type FairnessGap, fairnessGaps } from './fairness.ts';
import { judgeTexts } from './judge-texts.ts';
import { PERTURBATIONS, perturbed } from './perturbations.ts';

const ROBUSTNESS_ROWS = 1000;
const WORST_PHRASES = 6;
const NEGATIVE = LABELS.indexOf('negative');
const POSITIVE = LABELS.indexOf('positive');

export async function judgeFairness(model: OpenTextClassifier): Promise<FairnessGap[]> {
  const sentences = counterfactuals();
  const judged = await judgeTexts(
    model,
    sentences.map(({ text }) => ({ text, label: 0 })),
    LABELS,
  );
  const valences = judged.map(({ scores }) => (scores[POSITIVE] ?? 0) - (scores[NEGATIVE] ?? 0));
  return fairnessGaps(sentences, valences);
}

/** Of the set of identity sentences in DATA_DIR those that say only who someone is: `I am blind`. */
export async function identityTerms(model: OpenTextClassifier): Promise<SentimentMetrics['identityTerms']> {
  const file = join(dataFolder(), 'eval', 'bias-templates.csv');
  if (!existsSync(file)) return { n: 0, negative: 0, worst: [] };
  const phrases = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^am_[a-z_]+,nontoxic,/.test(line))
    .map((line) => line.split(',')[2]?.trim() ?? '');
  const judged = await judgeTexts(
    model,
    phrases.map((text) => ({ text, label: NEGATIVE })),
    LABELS,
  );
  const called = phrases.flatMap((phrase, index) => {
    const scores = judged[index]?.scores ?? [];
    return best(scores) === NEGATIVE ? [{ phrase, score: scores[NEGATIVE] ?? 0 }] : [];
  });
  return {
    n: phrases.length,
    negative: called.length / phrases.length,
    worst: called.sort((a, b) => b.score - a.score).slice(0, WORST_PHRASES),
  };
}

export async function judgeRobustness(
  model: OpenTextClassifier,
  dev: readonly LabelledText[],
): Promise<SentimentMetrics['robustness']> {
  const rows = dev.toSorted((a, b) => hashText(a.text) - hashText(b.text)).slice(0, ROBUSTNESS_ROWS);
  const before = await judgeTexts(model, rows, LABELS);
  const results: SentimentMetrics['robustness'][number][] = [];
  for (const [change, perturb] of Object.entries(PERTURBATIONS)) {
    const texts = perturbed(
      rows.map(({ text }) => text),
      perturb,
    );
    const changed = rows.map((row, index) => ({ ...row, text: texts[index] ?? '' }));
    const after: Judged[] = await judgeTexts(model, changed, LABELS);
    results.push({
      change,
      n: rows.length,
      before: accuracy(before),
      after: bootstrap(after, accuracy),
      drop: bootstrapDifference(before, after, accuracy),
    });
  }
  return results;
}

export async function judgeNegation(model: OpenTextClassifier): Promise<SentimentMetrics['negation']> {
  const { plain, negated } = contrastTexts();
  const right = async (texts: typeof plain) =>
    accuracy(
      await judgeTexts(
        model,
        texts.map(({ text, label }) => ({ text, label: LABELS.indexOf(label) })),
        LABELS,
      ),
    );
  return { n: plain.length, plain: await right(plain), negated: await right(negated) };
}
