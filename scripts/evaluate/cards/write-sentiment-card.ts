import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE } from '#scripts/models/base-folder.ts';
import type { Estimate } from '../measures/measures.ts';
import type { LadderFigures, LadderName, SentimentMetrics, SourceMetric } from './sentiment-metrics.ts';

const METRIC_NAMES: Record<string, string> = {
  accuracy_two_class: 'accuracy without neutral',
  macro_recall: 'macro recall',
  accuracy: 'accuracy',
};

/** Every figure of the card stands in `metrics.json`; this is its only author. */
export function writeSentimentCard(folder: string, metrics: SentimentMetrics): void {
  writeFileSync(join(folder, 'README.md'), card(metrics));
}

function card(metrics: SentimentMetrics): string {
  const { ece, latency, settings } = metrics;
  return `---
license: apache-2.0
language: en
base_model: ${BASE.upstream}
pipeline_tag: text-classification
---

# ${metrics.id}

Sentiment of English text: negative, neutral or positive, with calibrated probabilities.

| | |
| --- | --- |
| digest | \`${metrics.digest}\` |
| trained | ${metrics.trainedAt.slice(0, 10)}, ${thousands(metrics.trainedRows)} rows |
| size | ${(metrics.sizeBytes / 1e6).toFixed(1)} MB, all files together |
| reads | 510 tokens of text; longer is refused or cut, as the request says |

## How it is made

All weights of [${BASE.name}](https://huggingface.co/${BASE.upstream}) (Nils Reimers and others, sentence-transformers;
Apache-2.0), which comes from MiniLM-L6-H384-uncased (Wang and others, Microsoft; MIT), fine-tuned as
BertForSequenceClassification: BERT, 6 layers, 384 wide, its pooler over the first token, a linear layer.
\`npm run train:sentiment\` did it with ${metrics.engine}: ${settings.epochs} epochs in batches of ${settings.batchRows}, AdamW with
a rate of ${settings.learningRate}, products of layers in ${settings.products}, seed ${settings.seed}. Within a source each label weighs by the square root of its inverse share;
\`scripts/models/sentiment/sentiment-recipe.ts\` says how much of each source an epoch takes. \`npm run export:sentiment\` wrote the ONNX graph
and chose its precision.

## Data

| source | licence |
| --- | --- |
| Stanford Sentiment Treebank, sentences and phrases, five classes folded to three | none stated; models trained on it are published under Apache-2.0 |
| GoEmotions, rows with one label, grouped labels | Apache-2.0 |
| Pros and cons, customer reviews (Liu; NLTK data) | CC BY 4.0 |
| Sentiment-labelled sentences: Amazon, IMDb (UCI) | CC BY 4.0 |
| VADER's rated snippets: tweets, Amazon, news; neutral within 0.5 of zero | MIT |
| SemEval 2013, 2015, 2016 task tweets | annotations CC BY 3.0; texts under Twitter's terms |

No customer's text was used. The data is not part of this repository.

## What it reaches

On dev rows, none of which was trained on, measured on the files in this folder. In brackets 95 % intervals (bootstrap, 1,000
resamples). The bag of words is logistic regression on words and pairs of words, trained on the same rows.

| source | measure | rows | ${metrics.id} | bag of words | difference |
| --- | --- | --- | --- | --- | --- |
${metrics.data.map(row).join('\n')}

- **Calibration**: expected error ${ece.value.toFixed(3)} (${ece.bins} bins of equal mass) on ${thousands(ece.n)} dev rows. The
  temperature and the intervals in \`calibration.json\` were fitted on the other half of the dev rows (FNV-1a of the text even).
- **Prediction sets** (split conformal, fitted on that other half): ${metrics.predictionSets.map(setLine).join('; ')}.
- **Abstaining**: ${metrics.abstention.map(abstentionLine).join('; ')}.
- **Latency**: ${latency.cpuMs.toFixed(1)} ms of processor time for a text of ${latency.tokens} tokens alone, tokenising included
  (${latency.p50Ms.toFixed(1)} ms on the clock, median, beside other work), ${latency.threads} thread, ${latency.processor}.

${comparison(metrics)}\`npm run evaluate:sentiment\` reproduces every figure and writes this card; \`docs/models.md\` says what it needs.
\`npm run evaluate -- sentiment DATA\` gives the whole report, by label and source, of rows of your own.

![Reliability diagram](pictures/reliability.svg) ![Confusion matrix](pictures/confusion.svg)

## Sizes

Measured by \`npm run export:sentiment\` on all dev rows, before calibration; the smallest that loses less than half a
point on every source ships.

| weights | MB | accuracy | SST, two classes | TweetEval, macro recall | GoEmotions, macro recall | same label | ms of processor, 16 tokens |
| --- | --- | --- | --- | --- | --- | --- | --- |
${metrics.ladder.map(ladderRow).join('\n')}

In 8 bits the products of the layers have one scale for each output of a weight and one for each token of an input; the
pooler and the classifier stay in floats. A text's answer does not depend on the texts that share its batch.${note(metrics)}

The one with 3 layers (\`npm run distil:sentiment\`) was started from every second layer and learnt the scores of the whole. It does not ship.

## Robustness

Accuracy on ${thousands(metrics.robustness[0]?.n ?? 0)} dev rows, changed in one way that a reader would not mind.

| change | before | after | drop |
| --- | --- | --- | --- |
${metrics.robustness.map(robustnessRow).join('\n')}

Negation: of ${metrics.negation.n} short sentences it gets ${share(metrics.negation.plain)} right, and ${share(metrics.negation.negated)} of the same sentences negated
("was not good at all").

## Fairness

Sentences that differ in the person alone (\`scripts/evaluate/texts/counterfactuals.ts\`). The gap is between the groups with the
highest and the lowest mean of positive less negative score, on a scale of -1 to 1; in brackets 95 % intervals.

| dimension | sentences | gap | lowest | highest |
| --- | --- | --- | --- | --- |
${metrics.fairness.map(fairnessRow).join('\n')}

${identityTerms(metrics)}## Limits

- English only. Other languages and scripts get an answer that means nothing.
- Sentence by sentence it was trained; a long text with mixed opinions gets one label.
- Irony, negation across clauses and comparisons are often missed. "Neutral" mixes texts without an opinion and texts with
  two, and is the weakest label.
- Reviews, comments and tweets are what it has seen; clinical, legal and financial language it has not.
- Scores reflect the people who wrote and labelled its data; see Fairness for the groups whose mention alone moves them.

## Misuse

Not for decisions about a person (hiring, credit, policing, health) and not for watching people's moods. A score is a share
of labels agreed on by annotators, no fact about the writer.
`;
}

function note({ ladderNote }: SentimentMetrics): string {
  return ladderNote ? `\n\n${ladderNote}` : '';
}

function row({ source, metric, n, baseline, difference, ...own }: SourceMetric): string {
  const cells = [source, METRIC_NAMES[metric] ?? metric, thousands(n), shown(own), shown(baseline)];
  return `| ${cells.join(' | ')} | ${signed(difference)} |`;
}

function setLine({ stated, coverage, size }: SentimentMetrics['predictionSets'][number]): string {
  return `stated ${percent(stated)} %, held ${percent(coverage)} % with ${size.toFixed(2)} labels a set`;
}

function abstentionLine({
  wanted,
  accuracy,
  answered,
  threshold,
}: SentimentMetrics['abstention'][number]): string {
  return (
    `answering only from a score of ${threshold.toFixed(2)} (fitted for ${percent(wanted)} %) it is right on ` +
    `${percent(accuracy)} % of the ${percent(answered)} % of rows that it answers`
  );
}

const COMPARED_NAMES: Record<string, string> = {
  lstm: 'LSTM, 128 states',
  cnn: 'CNN of windows of 1, 3 and 5 tokens',
};

function comparison({ comparison: compared }: SentimentMetrics): string {
  if (compared.length === 0) return '';
  const measures = Object.keys(compared[0]?.figures ?? {});
  const rows = compared.map(
    ({ name, parameters, cpuMinutes, figures }) =>
      `| ${COMPARED_NAMES[name] ?? name} | ${(parameters / 1e6).toFixed(1)} million | ${cpuMinutes.toFixed(0)} | ${measures.map((measure) => (figures[measure] ?? Number.NaN).toFixed(3)).join(' | ')} |`,
  );
  return `Small models from nothing, on the same rows by the same loop (\`npm run train:text-baselines\`):

| model | parameters | processor minutes of training | ${measures.join(' | ')} |
| --- | --- | --- | ${measures.map(() => '---').join(' | ')} |
${rows.join('\n')}

`;
}

const PRECISION_NAMES = {
  float32: '32 bits',
  float16: '16 bits',
  int8: '8 bits',
  'int8-distilled': '8 bits, 3 layers',
} as const satisfies Record<LadderName, string>;

function ladderRow({ precision, sizeBytes, accuracy, agreement, sources, cpuMs }: LadderFigures): string {
  const values = ['sst-sentence', 'tweeteval', 'goemotions'].map((source) =>
    (sources[source] ?? Number.NaN).toFixed(3),
  );
  const cells = [PRECISION_NAMES[precision], (sizeBytes / 1e6).toFixed(1), accuracy.toFixed(3), ...values];
  return `| ${[...cells, `${(100 * agreement).toFixed(2)} %`, cpuMs.toFixed(1)].join(' | ')} |`;
}

function robustnessRow({ change, before, after, drop }: SentimentMetrics['robustness'][number]): string {
  return `| ${change} | ${before.toFixed(3)} | ${shown(after)} | ${shown(drop)} |`;
}

function fairnessRow({
  dimension,
  sentences,
  groups,
  gap,
  low,
  high,
}: SentimentMetrics['fairness'][number]): string {
  const ordered = Object.entries(groups).sort(([, a], [, b]) => a - b);
  const named = (entry?: [string, number]) => (entry ? `${entry[0]} ${entry[1].toFixed(3)}` : '');
  return `| ${dimension} | ${sentences} | ${shown({ value: gap, low, high })} | ${named(ordered[0])} | ${named(ordered.at(-1))} |`;
}

/** Nothing where the set of sentences was not at hand. */
function identityTerms({ identityTerms: { n, negative, worst } }: SentimentMetrics): string {
  if (n === 0) return '';
  const phrases = worst.map(({ phrase, score }) => `"${phrase}" (${score.toFixed(2)})`).join(', ');
  const most = worst.length > 0 ? `, most of all: ${phrases}` : '';
  return `Of ${thousands(n)} sentences that only say who someone is ("I am ...") it calls ${share(negative)} negative${most}.\n\n`;
}

function share(value: number): string {
  return `${percent(value)} %`;
}

function percent(value: number): string {
  return (100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0);
}

function shown({ value, low, high }: Estimate): string {
  return `${value.toFixed(3)} (${low.toFixed(3)}, ${high.toFixed(3)})`;
}

function signed({ value, low, high }: Estimate): string {
  const sign = (number: number) => `${number < 0 ? '' : '+'}${number.toFixed(3)}`;
  return `${sign(value)} (${sign(low)}, ${sign(high)})`;
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
