import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Estimate } from '../measures/measures.ts';
import type { EmbeddingMetrics, LadderRung, RetrievalFigures } from './embedding-metrics.ts';

/** Every figure of the card that was measured here stands in `metrics.json`; this is its only author. */
export function writeEmbeddingCard(folder: string, metrics: EmbeddingMetrics): void {
  writeFileSync(join(folder, 'README.md'), card(metrics));
}

const BITS = { float32: '32 bits', int8: '8 bits (served)' } as const;
const SEARCH = { bm25: 'words alone (BM25)', ...BITS } as const;

function card({ latency, ladder, retrieval, ...metrics }: EmbeddingMetrics): string {
  const texts = ladder.find(({ agreement }) => agreement)?.agreement?.texts ?? 0;
  return `---
license: apache-2.0
pipeline_tag: feature-extraction
base_model: sentence-transformers/all-MiniLM-L6-v2
language: en
---

# ${metrics.id}

An English text as ${metrics.dimensions} numbers: texts that mean the same are near to each other, also where they share no word.

| | |
| --- | --- |
| digest | \`${metrics.digest}\` |
| size | ${megabytes(metrics.sizeBytes)} MB, the graph that is served |
| context | ${metrics.contextTokens} tokens; a longer text is refused, or cut where that is asked for |
| vector | ${metrics.dimensions} numbers of 32 bits, of length 1 (L2): the dot product of two is their cosine |

## How it came about

all-MiniLM-L6-v2 (Nils Reimers and others, sentence-transformers; Apache-2.0): Microsoft's MiniLM-L6-H384-uncased, six layers of 384,
trained further by its authors on a billion pairs of sentences that belong together (questions and answers, titles and texts,
paraphrases, captions of one picture). Nothing was trained here: \`npm run models:fetch\` brings the weights and checks their digests,
\`npm run export:embedding\` writes the graph. Layers multiply in 8 bits, with a scale for each token; what GELU gave stays in floats, its weights
stored in 16 bits. The graph pools and normalises, so its output \`sentence_embedding\` is the vector; inputs are \`input_ids\` and
\`attention_mask\`. The ranges of the 8 bits were measured on remarks and on plays; what is measured below was not among them.

## What 8 bits cost

The same weights, over ${texts.toLocaleString('en-US')} texts (remarks of the sentiment test rows, passages of novels): the cosine of a text's vector to that of
32 bits (on average, and of the text in a thousand that fares worst), Spearman's correlation of the cosines of 20,000 pairs, and the share
of a text's ten nearest that stay.

| stored in | MB | ms of processor time a text | cosine | worst | ranks | nearest |
| --- | --- | --- | --- | --- | --- | --- |
${ladder.map(rung).join('\n')}

## What it finds

Which of all passages goes on where a given one ends: passages of 90 novels (1840 to 1930), of the short ones four from each novel, of the
long ones one, so that there the names decide much. Share in which the right one is the nearest, and among the ten nearest, with 95 %
intervals (bootstrap).

| passages | searched by | nearest | among ten |
| --- | --- | --- | --- |
${retrieval.map(found).join('\n')}

This is a task without labels, harder than most searches: a passage tells little of what comes next. What 8 bits change is far within the
intervals. Where names decide, words alone find more: combine both. Its authors' figures on public benchmarks were not measured again here.

**Time**: ${latency.cpuMs.toFixed(1)} ms of processor time for a text of ${latency.tokens} tokens, tokenising included, one thread, ${latency.processor}, on a
busy machine, where it is longer than on a quiet one.

\`npm run evaluate:embedding\` measures all of this and writes this card.

## Limits

- English. Other languages are split into pieces that it hardly knows.
- It sees what a text is about more than what it says of it: a sentence and its negation are near to each other.
- Names, numbers and part numbers: where those decide, search by words as well.
- Its authors trained it on texts of up to 128 tokens. Of longer ones it reads up to ${metrics.contextTokens}; one vector for several matters is near to none of them.
- No threshold says "the same" everywhere: choose one on texts of your own.
- What it was trained on carries the views of the web; nearness between groups of people and traits repeats them.

## Misuse

Not to decide about people by what their texts are near to, nor to tell whether something is true. A vector hides no text: much of it
can be guessed from the vector, so store vectors as carefully as the texts.
`;
}

function rung({ precision, sizeBytes, cpuMs, agreement }: LadderRung): string {
  const { cosine = 1, cosineOfWorst = 1, rankCorrelation = 1, neighbours = 1 } = agreement ?? {};
  const figures = [cosine, cosineOfWorst, rankCorrelation].map((value) => value.toFixed(4)).join(' | ');
  const nearest = `${(100 * neighbours).toFixed(1)} %`;
  return `| ${BITS[precision]} | ${megabytes(sizeBytes)} | ${cpuMs.toFixed(1)} | ${figures} | ${nearest} |`;
}

function found({ words, passages, by, first, amongTen }: RetrievalFigures): string {
  return `| ${passages} of ${words} words | ${SEARCH[by]} | ${shown(first)} | ${shown(amongTen)} |`;
}

function shown({ value, low, high }: Estimate): string {
  return `${(100 * value).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
