import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Calibration, parseCalibration } from './calibration.ts';

/** The files of a served encoder of texts, in Hugging Face's repository layout. */
export const ENCODER_FILES = {
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

/** Those of a text classifier. */
export const MODEL_FILES = { ...ENCODER_FILES, calibration: 'calibration.json' } as const;

/** The graph, by Hugging Face's names for its precision. A folder with several serves the smallest. */
export const GRAPH_FILES = {
  int8: 'onnx/model_int8.onnx',
  float16: 'onnx/model_fp16.onnx',
  float32: 'onnx/model.onnx',
} as const;

export class ModelFolderError extends Error {
  override readonly name = 'ModelFolderError';
}

export interface EncoderDescription {
  /** Longest text in tokens, without the two special ones. */
  readonly contextTokens: number;
  readonly vocabularySize: number;
  /** Numbers that a token is to the encoder. */
  readonly hiddenSize: number;
}

export interface ModelDescription extends EncoderDescription {
  readonly labels: readonly string[];
  readonly calibration: Calibration;
}

export async function describeEncoder(folder: string): Promise<EncoderDescription> {
  return encoderOf(await readJson(folder, MODEL_FILES.config));
}

export async function describeModel(folder: string, known?: Calibration): Promise<ModelDescription> {
  const config = await readJson(folder, MODEL_FILES.config);
  const labels = labelsOf(config);
  const calibration = known ?? parseCalibration(await readJson(folder, MODEL_FILES.calibration));
  return { ...encoderOf(config), labels, calibration };
}

export function graphFile(folder: string): string {
  const found = Object.values(GRAPH_FILES).find((file) => existsSync(join(folder, file)));
  if (found) return found;
  throw new ModelFolderError(`${folder} has none of ${Object.values(GRAPH_FILES).join(', ')}.`);
}

/** The files that decide an answer. */
export function servedFiles(folder: string, description: Readonly<Record<string, string>> = MODEL_FILES) {
  return [...Object.values(description), graphFile(folder)];
}

/** SHA-256 over everything that decides an answer: what the folder has of it, unless told which files. */
export async function digestModel(folder: string, files = servedFiles(folder)): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file}\0`).update(await readModelFile(folder, file));
  }
  return hash.digest('hex');
}

export async function readModelFile(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    throw new ModelFolderError(`${folder} has no readable ${file}.`, { cause });
  }
}

export async function readJson(folder: string, file: string): Promise<Record<string, unknown>> {
  const text = (await readModelFile(folder, file)).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelFolderError(`${file} is not JSON.`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ModelFolderError(`${file} is not a JSON object.`);
  }
  return json as Record<string, unknown>;
}

/** `id2label`, in the order of the ids. */
function labelsOf({ id2label }: Record<string, unknown>): string[] {
  const entries = typeof id2label === 'object' && id2label !== null ? Object.entries(id2label) : [];
  const labels = entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, label]) => label);
  if (labels.length < 2 || !labels.every((label) => typeof label === 'string')) {
    throw new ModelFolderError('config.json: id2label does not name two labels or more.');
  }
  if (new Set(labels).size < labels.length) {
    throw new ModelFolderError('config.json: id2label has a label twice.');
  }
  return labels;
}

function encoderOf(config: Record<string, unknown>): EncoderDescription {
  return {
    contextTokens: wholeNumber(config, 'max_position_embeddings', 3) - 2, // [CLS] and [SEP]
    vocabularySize: wholeNumber(config, 'vocab_size', 1),
    hiddenSize: wholeNumber(config, 'hidden_size', 1),
  };
}

function wholeNumber(config: Record<string, unknown>, name: string, min: number): number {
  const value = config[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= min) return value;
  throw new ModelFolderError(`config.json: ${name} is no whole number above ${min - 1}.`);
}
