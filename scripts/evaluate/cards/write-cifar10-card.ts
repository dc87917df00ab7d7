import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Estimate } from '../measures/measures.ts';
import type { Cifar10Metrics } from './cifar10-metrics.ts';

/** Every figure of the card stands in `metrics.json`; this is its only author. */
export function writeCifar10Card(folder: string, metrics: Cifar10Metrics): void {
  writeFileSync(join(folder, 'README.md'), card(metrics));
}

function card(metrics: Cifar10Metrics): string {
  const { settings, latency } = metrics;
  return `---
license: apache-2.0
pipeline_tag: image-classification
datasets: cifar10
---

# ${metrics.id}

What a picture of 32 by 32 pixels shows, out of ten classes: ${Object.keys(metrics.recalls).join(', ')}. The small example of a network that
was trained here from nothing; it is not sold by the API.

| | |
| --- | --- |
| digest | \`${metrics.digest}\` |
| trained | ${metrics.trainedAt.slice(0, 10)}, ${thousands(metrics.trainedPictures)} pictures |
| size | ${(metrics.sizeBytes / 1e6).toFixed(1)} MB, convolutions in 8 bits; ${(metrics.parameters / 1e6).toFixed(2)} million weights |

## How it is made

A small residual network (\`workers/model-zoo/small-resnet.ts\`): fixed filters that make patches of two by two white, and three stages of three or
four 3x3 convolutions, 64 to 256 channels, in the proportions and by the recipe of Jordan (2024). \`npm run train:cifar10\` trained it with
${metrics.engine}: ${settings.epochs} epochs in batches of ${settings.batchRows}, gradient descent with Nesterov's momentum of ${settings.optimizer.momentum} on one cycle with
a peak of ${settings.learningRate} (${settings.optimizer.biasRate} times that for biases), convolutions in ${settings.convolutions}, label smoothing of ${settings.labelSmoothing}, seed
${settings.seed}; pictures mirrored every second time, moved by up to ${settings.augmentation.shift} pixels and with a square of
${settings.augmentation.cutout} cut out; an exponential moving average of the weights, whose statistics were
measured anew. A picture is judged once, as it is.
\`npm run export:cifar10\` wrote the graph: weights in 8 bits with a scale for each output, values between the layers in 8 bits by the range that
of every 97th training picture nine in ten stay within (Jacob and others, 2017).

Data: CIFAR-10 (Krizhevsky, 2009), of the training pictures all but one in fifty; no licence is stated with it, and models trained on it are
published as a matter of course. No customer's picture was used.

## What it reaches

On ${thousands(metrics.n)} test pictures, which were judged once and chose nothing, by the runtime that serves, on the files in this folder. In brackets 95 %
intervals (bootstrap).

| | accuracy |
| --- | --- |
| ${metrics.id} | ${shown(metrics.accuracy)} |
| ${metrics.id}, the mirror image judged as well (twice the time) | ${shown(metrics.mirroredToo)} |
${plain(metrics)}
| class | right |
| --- | --- |
${Object.entries(metrics.recalls)
  .map(([name, recall]) => `| ${name} | ${recall === null ? '' : percent(recall)} % |`)
  .join('\n')}

The pictures are those of \`cifar10.zip\`, encoded anew as JPEG. Figures that others give for CIFAR-10 are of the pictures as they were.

- **Calibration**: expected error ${metrics.ece.toFixed(3)} (15 bins of equal mass) on the test pictures; temperature and intervals in \`calibration.json\`
  were fitted on the training pictures that were kept out.
- **Abstaining**: ${metrics.abstention.map(abstentionLine).join('; ')}.
- **Latency**: ${latency.cpuMs.toFixed(1)} ms of processor time a picture, decoding included (${latency.p50Ms.toFixed(1)} ms on the clock, median), one thread,
  ${latency.processor}.

![Reliability diagram](pictures/reliability.svg) ![Confusion matrix](pictures/confusion.svg)

## In other precisions

The same weights, on the test pictures. Agreement: the label that 32 bits give. Time: of one thread, a picture, decoding included.

| convolutions in | MB | accuracy | agreement | ms |
| --- | --- | --- | --- | --- |
${metrics.ladder.map(rung).join('\n')}

## Robustness

Accuracy on ${metrics.robustness[0]?.n ?? 0} test pictures, changed in one way (before: ${percent(metrics.robustness[0]?.before ?? 0)} %).

| change | after | points lost |
| --- | --- | --- |
${metrics.robustness.map(({ change, before, after }) => `| ${change} | ${shown(after)} | ${(100 * (before - after.value)).toFixed(1)} |`).join('\n')}

## Pruned

The smallest filters of all convolutions set to 0, statistics measured anew, no more training (test pictures, TensorFlow.js).

| set to 0 | accuracy |
| --- | --- |
${metrics.pruned.map(({ share, accuracy }) => `| ${percent(share)} % | ${percent(accuracy)} % |`).join('\n')}

\`npm run evaluate:cifar10\` measures all of this and writes this card.

## Limits and misuse

Ten classes of small pictures: anything else gets one of the ten, often with a high score. An example to learn from and to measure by, not a classifier for anybody's
pictures; never for pictures of people, nor for decisions.
`;
}

const PRECISIONS = {
  float32: '32 bits',
  float16: '32 bits, stored in 16',
  int8: '8 bits (shipped)',
} as const;

function rung({
  precision,
  sizeBytes,
  accuracy,
  agreement,
  cpuMs,
}: Cifar10Metrics['ladder'][number]): string {
  const megabytes = (sizeBytes / 1e6).toFixed(1);
  return `| ${PRECISIONS[precision]} | ${megabytes} | ${percent(accuracy)} % | ${shown(agreement)} | ${cpuMs.toFixed(1)} |`;
}

function plain({ plain: network }: Cifar10Metrics): string {
  if (!network) return '';
  const { parameters, epochs, accuracy } = network;
  return `| a plain network (three convolutions, ${thousands(parameters)} weights, ${epochs} epochs, the same loop; \`train:cifar10 -- --network plain\`) | ${percent(accuracy)} % |\n`;
}

function abstentionLine({
  wanted,
  accuracy,
  answered,
  threshold,
}: Cifar10Metrics['abstention'][number]): string {
  return `answering only from a score of ${threshold.toFixed(2)} (fitted for ${percent(wanted)} %) it is right on ${percent(accuracy)} % of the ${percent(answered)} % that it answers`;
}

function shown({ value, low, high }: Estimate): string {
  return `${percent(value)} % (${percent(low)}, ${percent(high)})`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
