import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureInputRanges } from '#workers/model-runtime/onnx/measure-input-ranges.ts';
import { GRAPH_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/reading/text-tokenizer.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import {
  type EncoderGraph,
  embeddingsGraph,
  exportEncoder,
  exportObserver,
  type Precision,
} from '#workers/model-zoo/export-encoder.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { CACHE, expectBase, REPOSITORY } from './base-folder.ts';
import { readProse, splitPassages } from './language-models/prose-passages.ts';
import { runScript } from './run-script.ts';
import { readLabelledTexts, sentimentFile } from './sentiment/sentiment-data.ts';
import { writeEncoderDescription } from './sentiment/write-encoder-description.ts';

/** One remark of so many, and one passage of so many, measure the ranges of the 8-bit graph. */
const REMARKS_APART = 1024;
const PASSAGES_APART = 100;
const PASSAGE_WORDS = 80;
const TOKENS_MAX = 510;

/**
 * Makes of the base that `models:fetch` brought what ships: its embeddings in 8 bits. The graph in 32 bits goes into the cache,
 * for `evaluate:embedding`, which holds the one that ships against it and writes the card.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      to: { type: 'string', default: join(REPOSITORY, 'workers', 'models', 'text-embedding') },
      floats: { type: 'string', default: join(CACHE, 'export', 'text-embedding', 'float32') },
    },
  });
  const base = expectBase();
  const encoder = readEncoder(base);
  rmSync(join(values.to, 'onnx'), { recursive: true, force: true });
  writeFolder(values.floats, base, encoder, { kind: 'float32' });
  writeFolder(values.to, base, encoder, await int8Precision(values.floats, encoder));
}

function writeFolder(folder: string, base: string, encoder: EncoderGraph, precision: Precision): void {
  const file = join(folder, GRAPH_FILES[precision.kind]);
  mkdirSync(dirname(file), { recursive: true });
  writeEncoderDescription(folder, base);
  const graph = exportEncoder(encoder, precision);
  writeFileSync(file, graph);
  console.log(`${file}: ${graph.byteLength} bytes`);
}

async function int8Precision(folder: string, encoder: EncoderGraph): Promise<Precision> {
  const tokenizer = await loadTextTokenizer(folder);
  const ids = sampleTexts().map((text) => tokenizer.wrap(tokenizer.tokenize(text).slice(0, TOKENS_MAX)));
  console.log(`measuring ranges on ${ids.length} texts`);
  return {
    kind: 'int8',
    ranges: await measureInputRanges(exportObserver(encoder), ids),
    afterGelu: 'float16',
  };
}

/** Short and long ones: remarks of our own time, and passages of plays. */
function sampleTexts(): string[] {
  const remarks = readLabelledTexts(sentimentFile('train')).map(({ text }) => text);
  const passages = splitPassages(readProse('tinyshakespeare.txt'), PASSAGE_WORDS);
  return [
    ...remarks.filter((_, index) => index % REMARKS_APART === 0),
    ...passages.filter((_, index) => index % PASSAGES_APART === 0),
  ];
}

function readEncoder(folder: string): EncoderGraph {
  const config = parseBertConfig(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const checkpoint = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  return embeddingsGraph({ config, weights: checkpointWeights(checkpoint) });
}

await runScript(main);
