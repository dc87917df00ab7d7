import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, REPOSITORY } from '#scripts/models/base-folder.ts';
import { dataFolder } from '#scripts/models/data-folder.ts';
import { CIFAR10_CLASSES, readCifar10 } from '#scripts/models/images/cifar10-data.ts';
import { cifar10Graph } from '#scripts/models/images/cifar10-graph.ts';
import { HELD_OUT_EVERY, heldOut } from '#scripts/models/images/held-out.ts';
import { pictureAccuracy } from '#scripts/models/images/picture-accuracy.ts';
import { pruneSmallest } from '#scripts/models/images/prune.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { calibrationOf, UNCALIBRATED } from '#scripts/models/sentiment/calibrate.ts';
import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { UNCHANGED } from '#workers/fine-tuning/images/augment.ts';
import { measureStatistics } from '#workers/fine-tuning/images/measure-statistics.ts';
import { isStatistic } from '#workers/fine-tuning/images/stored-statistics.ts';
import type { PictureForward } from '#workers/fine-tuning/images/train-image-classifier.ts';
import { isRefusal } from '#workers/model-runtime/model-runtime.ts';
import { digestImageModel, IMAGE_MODEL_FILES } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { graphFile, readJson } from '#workers/model-runtime/onnx/model-folder.ts';
import {
  type OpenImageClassifier,
  openImageClassifier,
} from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { readSafetensors, type StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { isFixedInSmallResnet, smallResnet } from '#workers/model-zoo/small-resnet.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import type { Cifar10Metrics, Cifar10Training } from './cards/cifar10-metrics.ts';
import { writeCifar10Card } from './cards/write-cifar10-card.ts';
import { abstaining } from './measures/abstention.ts';
import { accuracy, best, bootstrap, bootstrapShare, type Judged } from './measures/measures.ts';
import { measureImageLatency } from './pictures/measure-image-latency.ts';
import { changed, pictureChanges } from './pictures/picture-changes.ts';
import { withGraph } from './pictures/with-graph.ts';
import { type LabelledPicture, readZippedPictures } from './pictures/zipped-pictures.ts';
import { confusionSvg } from './reports/confusion-svg.ts';
import { reliabilitySvg } from './reports/reliability-svg.ts';
import { reportOf } from './reports/report.ts';

const MODEL_ID = 'cifar-1';
const SHARES = [0.5, 0.7, 0.9];
const ANSWERED_ACCURACIES = [0.95, 0.98];
const CHANGED_PER_CLASS = 50;
const SIDE = 32;

/** Calibrates the small network on pictures that it was not trained on, measures it on the test pictures, writes its card. */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'cifar10');
  const work = join(CACHE, 'training');
  const training = (await readJson(folder, 'training.json')) as unknown as Cifar10Training;
  const zip = join(dataFolder(), 'images', 'cifar10.zip');
  const held = readZippedPictures(zip, 'train', Number.POSITIVE_INFINITY).filter(
    (_, index) => index % HELD_OUT_EVERY === 0,
  );
  const data = 'CIFAR-10 training pictures that were kept out of training';
  const uncalibrated = await openImageClassifier(folder, UNCALIBRATED);
  const calibration = calibrationOf(await judgeBy(uncalibrated, held), { data }, ANSWERED_ACCURACIES);
  writeFileSync(join(folder, IMAGE_MODEL_FILES.calibration), `${JSON.stringify(calibration, null, 2)}\n`);

  const test = readZippedPictures(zip, 'test', Number.POSITIVE_INFINITY);
  console.log(`judging ${test.length} test pictures`);
  const judged = await judge(folder, test);
  const report = reportOf(judged, CIFAR10_CLASSES);
  const digest = await digestImageModel(folder);
  const weights = new Map(
    readSafetensors(
      readFileSync(join(process.env.WORK_DIR ?? join(work, 'cifar10'), 'model', 'model.safetensors')),
    ).tensors,
  );
  // Before TensorFlow starts, whose threads would count as well.
  const latency = await measureImageLatency(
    await openImageClassifier(folder),
    test[0]?.bytes ?? new Uint8Array(),
  );
  console.log('changed and pruned');
  const metrics: Cifar10Metrics = {
    id: MODEL_ID,
    task: 'image-classification',
    version: `${MODEL_ID}@${digest.slice(0, 8)}`,
    digest,
    engine: describeEngine(training.engine),
    trainedAt: training.trainedAt,
    trainedPictures: training.pictures,
    settings: training.settings,
    parameters: parametersOf(weights),
    accuracy: bootstrap(judged, accuracy),
    mirroredToo: bootstrap(await withMirrorImages(folder, test, judged), accuracy),
    n: judged.length,
    ladder: await climb(folder, weights, training, test),
    recalls: Object.fromEntries(CIFAR10_CLASSES.map((name) => [name, report.classes[name]?.recall ?? null])),
    ece: report.ece,
    abstention: calibration.abstention.map((wanted) => ({
      wanted: wanted.accuracy,
      ...abstaining(judged, wanted.threshold),
    })),
    robustness: await judgeChanged(folder, test),
    pruned: await judgePruned(weights, training),
    plain: readPlain(join(work, 'cifar10-plain', 'model')),
    latency,
    sizeBytes: statSync(join(folder, graphFile(folder))).size,
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  const pictures = join(folder, 'pictures');
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, 'reliability.svg'), reliabilitySvg(report.reliability, report.ece));
  writeFileSync(join(pictures, 'confusion.svg'), confusionSvg(report.confusion, CIFAR10_CLASSES));
  writeCifar10Card(folder, metrics);
  console.log(JSON.stringify(metrics, null, 2));
}

/** The same weights in 32, 16 and 8 bits. */
async function climb(
  folder: string,
  weights: ReadonlyMap<string, StoredTensor>,
  { settings: { statistics } }: Cifar10Training,
  test: readonly LabelledPicture[],
): Promise<Cifar10Metrics['ladder']> {
  const rungs: Cifar10Metrics['ladder'][number][] = [];
  let floats: readonly number[] = [];
  for (const precision of ['float32', 'float16', 'int8'] as const) {
    const graph = await cifar10Graph(
      checkpointWeights({ tensors: weights, metadata: {} }),
      precision,
      statistics,
    );
    await withGraph(folder, precision, graph, async (model) => {
      const judged = await judgeBy(model, test);
      const given = judged.map(({ scores }) => best(scores));
      if (precision === 'float32') floats = given;
      rungs.push({
        precision,
        sizeBytes: graph.byteLength,
        accuracy: accuracy(judged),
        agreement: bootstrapShare(given.map((label, row) => label === floats[row])),
        cpuMs: (await measureImageLatency(model, test[0]?.bytes ?? new Uint8Array())).cpuMs,
      });
    });
  }
  return rungs;
}

/** By the runtime that serves, from the files as they are. */
async function judge(folder: string, pictures: readonly LabelledPicture[]): Promise<Judged[]> {
  return judgeBy(await openImageClassifier(folder), pictures);
}

async function judgeBy(model: OpenImageClassifier, pictures: readonly LabelledPicture[]): Promise<Judged[]> {
  const outputs = await model.classify(
    pictures.map(({ bytes }) => ({ bytes, topK: CIFAR10_CLASSES.length })),
  );
  return outputs.map((output, index) => {
    if (isRefusal(output)) throw new Error(`A picture can't be read: ${output.reason}.`);
    const scores = CIFAR10_CLASSES.map(
      (name) => output.scores.find(({ label }) => label === name)?.score ?? 0,
    );
    const label = CIFAR10_CLASSES.indexOf(pictures[index]?.label as (typeof CIFAR10_CLASSES)[number]);
    return { label, scores };
  });
}

async function withMirrorImages(
  folder: string,
  test: readonly LabelledPicture[],
  judged: readonly Judged[],
): Promise<Judged[]> {
  const mirrored: LabelledPicture[] = [];
  for (const { label, bytes } of test) {
    mirrored.push({ label, bytes: await changed(Buffer.from(bytes), (picture) => picture.flop().png()) });
  }
  return (await judge(folder, mirrored)).map(({ label, scores }, index) => {
    return { label, scores: scores.map((score, at) => score + (judged[index]?.scores[at] ?? 0)) };
  });
}

async function judgeChanged(
  folder: string,
  test: readonly LabelledPicture[],
): Promise<Cifar10Metrics['robustness']> {
  const taken = new Map<string, number>();
  const some = test.filter(({ label }) => {
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < CHANGED_PER_CLASS;
  });
  const before = accuracy(await judge(folder, some));
  const results: Cifar10Metrics['robustness'][number][] = [];
  for (const [change, apply] of Object.entries(pictureChanges(SIDE))) {
    const after: LabelledPicture[] = [];
    for (const { label, bytes } of some)
      after.push({ label, bytes: await changed(Buffer.from(bytes), apply) });
    results.push({
      change,
      n: some.length,
      before,
      after: bootstrap(await judge(folder, after), accuracy),
    });
  }
  return results;
}

async function judgePruned(
  weights: ReadonlyMap<string, StoredTensor>,
  { settings: { statistics, seed, batchRows } }: Cifar10Training,
): Promise<Cifar10Metrics['pruned']> {
  await startEngine(wantedEngine(process.env.ENGINE));
  const forward: PictureForward = (ops, named, pictures) =>
    smallResnet(ops, named, pictures, CIFAR10_CLASSES.length);
  const { train } = heldOut(await readCifar10('train'));
  const test = await readCifar10('test');
  const classes = CIFAR10_CLASSES.length;
  const data = { set: train, batchRows, seed, statistics, classes };
  const measured = { ...data, forward, augmentation: UNCHANGED, mixup: 0, labelSmoothing: 0 };
  return SHARES.map((share) => {
    const pruned = measureStatistics(measured, pruneSmallest(weights, share, isFixedInSmallResnet));
    return { share, accuracy: pictureAccuracy(forward, pruned, test, statistics) };
  });
}

function readPlain(folder: string): Cifar10Metrics['plain'] {
  if (!existsSync(join(folder, 'training.json'))) return null;
  const { testAccuracy, settings } = read<Cifar10Training>(join(folder, 'training.json'));
  const { tensors } = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  return { parameters: parametersOf(tensors), epochs: settings.epochs, accuracy: testAccuracy };
}

function parametersOf(weights: ReadonlyMap<string, StoredTensor>): number {
  return [...weights].reduce((sum, [name, { data }]) => sum + (isStatistic(name) ? 0 : data.length), 0);
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

await runScript(main);
