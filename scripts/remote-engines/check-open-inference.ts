import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  isRefusal,
  type TextClassification,
  type TextClassifier,
} from '#workers/model-runtime/model-runtime.ts';
import { loadTextClassifier } from '#workers/model-runtime/onnx/load-text-classifier.ts';
import { loadOpenInferenceClassifier } from '#workers/model-runtime/open-inference/load-open-inference-classifier.ts';
import { consoleLogger, createChecks, runChecks, untilReady } from './checks.ts';

const USAGE =
  'npm run check:open-inference -- --server http://HOST:PORT [--model NAME] [--version VERSION] [--folder FOLDER]\n' +
  'SENTIMENT_UPSTREAM_API_KEY is its key, if it has one.';
const TEXTS = 128;
const DIFFERENCE_MAX = 0.01;

const checks = createChecks();
const threadEntry = new URL('../../workers/model-runtime/onnx/compute-thread.ts', import.meta.url);

/** Whether a server of the protocol gives the answers that the model's folder gives when its graph runs here. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      server: { type: 'string' },
      model: { type: 'string', default: 'sentiment' },
      version: { type: 'string' },
      folder: { type: 'string', default: 'workers/models/sentiment' },
    },
  });
  if (!values.server) return console.error(USAGE);
  const folder = path.resolve(values.folder);
  const [elsewhere, here] = await Promise.all([
    loadOpenInferenceClassifier({
      folder,
      id: 'sentiment-1',
      url: values.server.replace(/\/+$/, ''),
      apiKey: process.env.SENTIMENT_UPSTREAM_API_KEY || null,
      model: values.model,
      modelVersion: values.version ?? null,
      parallelBatches: 4,
      threadEntry,
      logger: consoleLogger,
    }),
    loadTextClassifier({ folder, id: 'sentiment-1', threads: 1, threadEntry }),
  ]);
  await untilReady([elsewhere, here]);
  await compare(elsewhere, here);
  await checkRefusals(elsewhere);
  await Promise.all([elsewhere.close(), here.close()]);
  checks.end();
}

async function compare(elsewhere: TextClassifier, here: TextClassifier): Promise<void> {
  const texts = Array.from({ length: TEXTS }, (_, index) => textOf(index));
  const [own, ownMs] = await timed(() => classify(here, texts));
  const [given, givenMs] = await timed(() => classify(elsewhere, texts));
  const labels = given.filter(({ label }, index) => label === own[index]?.label).length;
  const difference = Math.max(
    ...given.flatMap(({ scores }, index) =>
      Object.entries(scores).map(([label, score]) => Math.abs(score - (own[index]?.scores[label] ?? 0))),
    ),
  );
  checks.same('every text has the label that it has here', labels, TEXTS);
  checks.holds(
    `no score differs by more than ${DIFFERENCE_MAX}`,
    difference <= DIFFERENCE_MAX,
    `${difference}`,
  );
  checks.same(
    'and costs the same tokens',
    given.map(({ inputTokens }) => inputTokens),
    own.map(({ inputTokens }) => inputTokens),
  );
  console.log(
    `       largest difference of a score ${difference.toExponential(1)}; ${TEXTS} texts in ${ownMs.toFixed(0)} ms here, ` +
      `${givenMs.toFixed(0)} ms there`,
  );
}

async function checkRefusals(elsewhere: TextClassifier): Promise<void> {
  const long = { text: 'good '.repeat(5_000), truncate: false };
  const [refused, cut, empty] = await elsewhere.run([
    long,
    { ...long, truncate: true },
    { text: '', truncate: false },
  ]);
  checks.holds('a text that is too long is refused', refused !== undefined && isRefusal(refused));
  checks.holds('or cut, where that is asked for', cut !== undefined && 'truncated' in cut && cut.truncated);
  checks.holds('a text without a token is answered', empty !== undefined && !isRefusal(empty));
}

/** In batches, as the gateway sends them. */
async function classify(model: TextClassifier, texts: readonly string[]): Promise<TextClassification[]> {
  const { batchItemsMax } = model.limits;
  const starts = Array.from({ length: Math.ceil(texts.length / batchItemsMax) }, (_, i) => i * batchItemsMax);
  const outputs = await Promise.all(
    starts.map((start) =>
      model.run(texts.slice(start, start + batchItemsMax).map((text) => ({ text, truncate: false }))),
    ),
  );
  return outputs.flat().map((output) => {
    if (isRefusal(output)) throw new Error('A text was refused.');
    return output;
  });
}

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const startedAtMs = performance.now();
  return [await work(), performance.now() - startedAtMs];
}

const words = 'a film that is not good or bad but long and very dull with some fine music in the end'.split(
  ' ',
);

function textOf(index: number): string {
  return Array.from(
    { length: 1 + (index % 40) },
    (_, place) => words[(index * 7 + place * 5) % words.length],
  ).join(' ');
}

await runChecks(main);
