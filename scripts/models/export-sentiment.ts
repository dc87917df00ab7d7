import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureInputRanges } from '#workers/model-runtime/onnx/measure-input-ranges.ts';
import { GRAPH_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/reading/text-tokenizer.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import {
  classifierGraph,
  type EncoderGraph,
  exportEncoder,
  exportObserver,
  type Precision,
} from '#workers/model-zoo/export-encoder.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { CACHE, REPOSITORY } from './base-folder.ts';
import { runScript } from './run-script.ts';
import { calibrate } from './sentiment/calibrate.ts';
import { type LadderStep, measureLadder, smallestGoodEnough } from './sentiment/compression-ladder.ts';
import { LABELS, readLabelledTexts, sentimentFile } from './sentiment/sentiment-data.ts';

/** One training text of so many measures the ranges of the 8-bit graph. */
const RANGE_SAMPLE_EVERY = 512;
const DESCRIPTION = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'];

/**
 * Makes of the trained folder what ships: the graph in 32, 16 and 8 bits, and the distilled one where there is one, each
 * measured on the dev rows; the smallest of all weights that loses less than half a point ships, calibrated.
 * `evaluate:sentiment` then writes the card.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } });
  const from = values.from ?? join(CACHE, 'training', 'sentiment', 'model');
  const to = values.to ?? join(REPOSITORY, 'workers', 'models', 'sentiment');
  const train = readLabelledTexts(sentimentFile('train'));
  const devFile = sentimentFile('dev');
  const sample = train.filter((_, index) => index % RANGE_SAMPLE_EVERY === 0).map(({ text }) => text);
  console.log(`measuring ranges on ${sample.length} texts`);
  const int8 = await int8Precision(from, sample);
  const steps = [
    writeStep(from, 'float32', { kind: 'float32' }),
    writeStep(from, 'float16', { kind: 'float16' }),
    writeStep(from, 'int8', int8),
  ];
  const distilled = join(`${dirname(from)}-distilled`, 'model');
  if (existsSync(join(distilled, 'model.safetensors'))) {
    steps.push(writeStep(distilled, 'int8-distilled', await int8Precision(distilled, sample)));
  }
  const ladder = await measureLadder(steps, readLabelledTexts(devFile));
  for (const step of ladder) console.log(JSON.stringify(step));
  const { precision } = smallestGoodEnough(ladder);
  console.log(`ships: ${precision}`);
  rmSync(join(to, 'onnx'), { recursive: true, force: true });
  cpSync(join(dirname(from), precision), to, { recursive: true });
  const record = JSON.parse(readFileSync(join(from, 'training.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(to, 'training.json'), `${JSON.stringify({ ...record, precision, ladder }, null, 2)}\n`);
  await calibrate(to, devFile);
}

/** A whole model folder with its graph in one precision, beside the trained one. */
function writeStep(from: string, name: LadderStep['precision'], precision: Precision): LadderStep {
  const folder = join(dirname(from), name);
  const file = join(folder, GRAPH_FILES[precision.kind]);
  mkdirSync(dirname(file), { recursive: true });
  for (const part of DESCRIPTION) cpSync(join(from, part), join(folder, part));
  writeFileSync(file, exportEncoder(readClassifier(from), precision));
  return { precision: name, folder, sizeBytes: statSync(file).size };
}

async function int8Precision(folder: string, texts: readonly string[]): Promise<Precision> {
  const tokenizer = await loadTextTokenizer(folder);
  const ids = texts.map((text) => tokenizer.wrap(tokenizer.tokenize(text).slice(0, 510)));
  return { kind: 'int8', ranges: await measureInputRanges(exportObserver(readClassifier(folder)), ids) };
}

function readClassifier(folder: string): EncoderGraph {
  const config = parseBertConfig(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const checkpoint = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  return classifierGraph({ config, weights: checkpointWeights(checkpoint) }, LABELS.length);
}

await runScript(main);
