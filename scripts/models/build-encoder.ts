import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measureInputRanges } from '#workers/model-runtime/onnx/measure-input-ranges.ts';
import { MODEL_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/text-tokenizer.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import {
  type BertFeatures,
  exportBertFeatures,
  exportBertObserver,
} from '#workers/model-zoo/export-bert-features.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { expectBase } from './base-folder.ts';
import { LABELS } from './sentiment-data.ts';

/** Of the six layers: the last alone loses two points on the dev rows, all six gain less than one. */
export const POOLED_LAYERS = 4;

export function baseFeatures(): BertFeatures {
  const base = expectBase();
  const config = parseBertConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')));
  const checkpoint = readSafetensors(readFileSync(join(base, 'model.safetensors')));
  return { config, weights: checkpointWeights(checkpoint), pooledLayers: POOLED_LAYERS };
}

/**
 * Writes the encoder's part of a model folder: the 8-bit graph, whose ranges are measured on `sampleTexts`, the
 * tokenizer and the configuration. Returns the digest of the graph.
 */
export async function buildEncoder(folder: string, sampleTexts: readonly string[]): Promise<string> {
  writeDescription(folder);
  const tokenizer = await loadTextTokenizer(folder);
  const model = baseFeatures();
  const context = model.config.positions - 2;
  const samples = sampleTexts.map((text) => tokenizer.wrap(tokenizer.tokenize(text).slice(0, context)));
  const ranges = await measureInputRanges(exportBertObserver(model), samples);
  const file = exportBertFeatures(model, { kind: 'int8', ranges });
  const path = join(folder, MODEL_FILES.encoder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file);
  return createHash('sha256').update(file).digest('hex');
}

function writeDescription(folder: string): void {
  const base = expectBase();
  const read = (file: string) =>
    JSON.parse(readFileSync(join(base, file), 'utf8')) as Record<string, unknown>;
  const id2label = Object.fromEntries(LABELS.map((label, id) => [id, label]));
  const label2id = Object.fromEntries(LABELS.map((label, id) => [label, id]));
  const { _name_or_path, ...config } = read('config.json');
  // The base's file cuts and pads every text at 128 tokens; the encoder reads 512.
  const tokenizer = { ...read('tokenizer.json'), truncation: null, padding: null };
  mkdirSync(folder, { recursive: true });
  write(folder, 'config.json', { ...config, id2label, label2id });
  writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(tokenizer)}\n`);
  write(folder, 'tokenizer_config.json', {
    ...read('tokenizer_config.json'),
    name_or_path: undefined,
    tokenizer_class: 'BertTokenizer',
  });
  write(folder, 'special_tokens_map.json', read('special_tokens_map.json'));
}

function write(folder: string, file: string, value: unknown): void {
  writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
}
