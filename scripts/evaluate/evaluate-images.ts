import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '#scripts/models/base-folder.ts';
import { dataFolder } from '#scripts/models/data-folder.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { isRefusal } from '#workers/model-runtime/model-runtime.ts';
import { describeImageModel, digestImageModel } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { GRAPH_FILES, graphFile } from '#workers/model-runtime/onnx/model-folder.ts';
import {
  type OpenImageClassifier,
  openImageClassifier,
} from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { exportImageClassifier } from '#workers/model-zoo/export-image-classifier.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import type { ImageMetrics } from './cards/image-metrics.ts';
import { writeImageCard } from './cards/write-image-card.ts';
import { bootstrapShare } from './measures/measures.ts';
import { measureImageLatency } from './pictures/measure-image-latency.ts';
import { atModelSize, changed, pictureChanges } from './pictures/picture-changes.ts';
import { withGraph } from './pictures/with-graph.ts';
import { readZippedPictures } from './pictures/zipped-pictures.ts';

const MODEL_ID = 'image-1';
const PICTURES_PER_CLASS = 100;
/** Of those, for the changes. */
const CHANGED_PER_CLASS = 30;
const PHOTO = join(REPOSITORY, 'workers/model-runtime/onnx/fixtures/photos/cat.jpg');

/**
 * Measures what can be measured of the shipped image model without labelled pictures of its thousand classes: how far its
 * 16 bits are from 32, how steady it is, how fast. Writes metrics.json and the card.
 */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'image-classification');
  const model = await openImageClassifier(folder);
  const pictures = readZippedPictures(
    join(dataFolder(), 'images', 'cifar10.zip'),
    'test',
    PICTURES_PER_CLASS,
  );
  const { preparation } = await describeImageModel(folder);
  const prepared: Buffer[] = [];
  for (const { bytes } of pictures) prepared.push(await atModelSize(bytes, preparation.resizeTo));
  const labels = await labelsOf(model, prepared);
  const latency = await measureImageLatency(model, readFileSync(PHOTO));
  console.log(`the labels of ${prepared.length} pictures in each precision`);
  const ladder = await climb(folder, prepared);
  const shipped = ladder.find(({ precision }) => graphFile(folder) === GRAPH_FILES[precision]);
  if (!shipped) throw new Error(`${graphFile(folder)} is in no precision of the ladder.`);
  console.log('changed pictures');
  const steady = prepared.flatMap((picture, index) =>
    index % PICTURES_PER_CLASS < CHANGED_PER_CLASS ? [{ picture, label: labels[index] }] : [],
  );
  const steadiness: ImageMetrics['steadiness'][number][] = [];
  for (const [change, apply] of Object.entries(pictureChanges(preparation.resizeTo))) {
    const after: Buffer[] = [];
    for (const { picture } of steady) after.push(await changed(picture, apply));
    const same = (await labelsOf(model, after)).map((label, index) => label === steady[index]?.label);
    steadiness.push({ change, n: same.length, same: bootstrapShare(same) });
  }
  const digest = await digestImageModel(folder);
  const metrics: ImageMetrics = {
    id: MODEL_ID,
    task: 'image-classification',
    version: `${MODEL_ID}@${digest.slice(0, 8)}`,
    digest,
    engine: null,
    trainedAt: null,
    classes: (await describeImageModel(folder)).classes.length,
    floatAgreement: shipped.agreement,
    floatAgreementRows: labels.length,
    ladder,
    transfer: readTransfer(folder, digest),
    steadiness,
    latency,
    sizeBytes: statSync(join(folder, graphFile(folder))).size,
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeImageCard(folder, metrics);
  console.log(JSON.stringify(metrics, null, 2));
}

async function labelsOf(model: OpenImageClassifier, pictures: readonly Buffer[]): Promise<string[]> {
  const outputs = await model.classify(pictures.map((bytes) => ({ bytes, topK: 1 })));
  return outputs.map((output) => (isRefusal(output) ? output.reason : (output.scores[0]?.label ?? '')));
}

/** The same weights in 32, 16 and 8 bits: how often each gives the first class of the floats, its size, its time. */
async function climb(folder: string, pictures: readonly Buffer[]): Promise<ImageMetrics['ladder']> {
  const rungs: ImageMetrics['ladder'][number][] = [];
  let floats: readonly string[] = [];
  const { classes, preparation } = await describeImageModel(folder);
  const weights = checkpointWeights(readSafetensors(readFileSync(join(folder, 'model.safetensors'))));
  for (const precision of ['float32', 'float16', 'int8'] as const) {
    const graph = exportImageClassifier('efficientnet_lite0', weights, {
      labels: classes.length,
      size: preparation.cropTo,
      precision,
    });
    await withGraph(folder, precision, graph, async (model) => {
      const labels = await labelsOf(model, pictures);
      if (precision === 'float32') floats = labels;
      const { cpuMs } = await measureImageLatency(model, readFileSync(PHOTO));
      const agreement = bootstrapShare(labels.map((label, index) => label === floats[index]));
      rungs.push({ precision, sizeBytes: graph.byteLength, agreement, cpuMs });
    });
  }
  return rungs;
}

/** What `train:image-heads` measured on the features of this very graph. */
function readTransfer(folder: string, digest: string): ImageMetrics['transfer'] {
  const file = join(folder, 'heads.json');
  const measured = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  if (measured?.digest === digest) return measured.figures;
  console.warn('heads.json is not of this model: npm run train:image-heads');
  return [];
}

await runScript(main);
