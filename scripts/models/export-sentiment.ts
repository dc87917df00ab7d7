import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureInputRanges } from '#workers/model-runtime/onnx/measure-input-ranges.ts';
import { GRAPH_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/text-tokenizer.ts';
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
import { calibrate } from './calibrate.ts';
import { type LadderStep, measureLadder, smallestGoodEnough } from './compression-ladder.ts';
import { runScript } from './run-script.ts';
import { LABELS, readLabelledTexts, sentimentFile } from './sentiment-data.ts';

/** One training text of so many measures the ranges of the 8-bit graph. */
const RANGE_SAMPLE_EVERY = 512;
const DESCRIPTION = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'];

/**
 * Makes of the trained folder what ships: the graph in 32, 16 and 8 bits, each measured on the dev rows; the smallest
 * that loses less than half a point, calibrated. `evaluate:sentiment` then writes the card.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } });
  const from = values.from ?? join(CACHE, 'training', 'sentiment', 'model');
  const to = values.to ?? join(REPOSITORY, 'workers', 'models', 'sentiment');
  const train = readLabelledTexts(sentimentFile('train'));
  const devFile = sentimentFile('dev');
  const dev = readLabelledTexts(devFile);
  const graph = readClassifier(from);
  const sample = train.filter((_, index) => index % RANGE_SAMPLE_EVERY === 0).map(({ text }) => text);
  console.log(`measuring ranges on ${sample.length} texts`);
  const ranges = await rangesOf(from, graph, sample);

  const precisions: Precision[] = [{ kind: 'float32' }, { kind: 'float16' }, { kind: 'int8', ranges }];
  const steps = precisions.map((precision): LadderStep => {
    const folder = join(dirname(from), precision.kind);
    const file = join(folder, GRAPH_FILES[precision.kind]);
    mkdirSync(dirname(file), { recursive: true });
    for (const name of DESCRIPTION) cpSync(join(from, name), join(folder, name));
    writeFileSync(file, exportEncoder(graph, precision));
    return { precision: precision.kind, folder, sizeBytes: statSync(file).size };
  });
  const ladder = await measureLadder(steps, dev);
  for (const step of ladder) console.log(JSON.stringify(step));
  const { precision } = smallestGoodEnough(ladder);
  console.log(`ships: ${precision}`);
  rmSync(join(to, 'onnx'), { recursive: true, force: true });
  cpSync(join(dirname(from), precision), to, { recursive: true });
  const record = JSON.parse(readFileSync(join(from, 'training.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(to, 'training.json'), `${JSON.stringify({ ...record, precision, ladder }, null, 2)}\n`);
  await calibrate(to, devFile);
}

function readClassifier(folder: string): EncoderGraph {
  const config = parseBertConfig(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const checkpoint = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  return classifierGraph({ config, weights: checkpointWeights(checkpoint) }, LABELS.length);
}

async function rangesOf(folder: string, graph: EncoderGraph, texts: readonly string[]) {
  const tokenizer = await loadTextTokenizer(folder);
  const ids = texts.map((text) => tokenizer.wrap(tokenizer.tokenize(text).slice(0, 510)));
  return measureInputRanges(exportObserver(graph), ids);
}

await runScript(main);
