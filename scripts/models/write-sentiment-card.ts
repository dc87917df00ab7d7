import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE } from './base-folder.ts';
import { POOLED_LAYERS } from './build-encoder.ts';
import type { Estimate } from './measures.ts';
import type { SentimentMetrics, SourceMetric } from './sentiment-metrics.ts';

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
  const { ece, floatAgreement, latency } = metrics;
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

The encoder is [${BASE.name}](https://huggingface.co/${BASE.upstream})
(Nils Reimers and others, sentence-transformers; Apache-2.0), which comes from MiniLM-L6-H384-uncased (Wang and others, Microsoft; MIT). Its weights are unchanged: BERT, 6
layers, 384 wide. \`npm run train:sentiment\` writes it to ONNX with 8-bit products (one scale for each output of a weight and
one for each token of an input; the second product of each feed-forward block stays in floats) and trains a head with
TensorFlow.js on the means over the tokens of its last ${POOLED_LAYERS} layers, side by side: ${metrics.settings.hidden} GELU units,
then three logits. ${metrics.settings.epochs} epochs, AdamW, seed ${metrics.settings.seed}; each label weighs by the square root of its inverse share. The number of layers and the width of the head were chosen on the dev rows.

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
- **8 bits against floats**: the same label on ${(floatAgreement.value * 100).toFixed(2)} % of ${thousands(floatAgreement.n)} dev rows. A text's
  answer does not depend on the texts that share its batch.
- **Latency**: ${latency.cpuMs.toFixed(1)} ms of processor time for a text of ${latency.tokens} tokens alone, tokenising included
  (${latency.p50Ms.toFixed(1)} ms on the clock, median, beside other work), ${latency.threads} thread, ${latency.processor}.

\`npm run evaluate:sentiment\` reproduces every figure and writes this card; \`docs/models.md\` says what it needs.

## Limits

- English only. Other languages and scripts get an answer that means nothing.
- Sentence by sentence it was trained; a long text with mixed opinions gets one label.
- Irony, negation across clauses and comparisons are often missed. "Neutral" mixes texts without an opinion and texts with
  two, and is the weakest label.
- Reviews, comments and tweets are what it has seen; clinical, legal and financial language it has not.
- Scores reflect the people who wrote and labelled its data. Gaps between groups that a text mentions were not measured for
  this version.

## Misuse

Not for decisions about a person (hiring, credit, policing, health) and not for watching people's moods. A score is a share
of labels agreed on by annotators, no fact about the writer.
`;
}

function row({ source, metric, n, baseline, difference, ...own }: SourceMetric): string {
  const cells = [source, METRIC_NAMES[metric] ?? metric, thousands(n), shown(own), shown(baseline)];
  return `| ${cells.join(' | ')} | ${signed(difference)} |`;
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
