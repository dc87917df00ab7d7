import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageClass, PictureSize, PictureSquare } from '../model-runtime.ts';
import { type Calibration, parseCalibration } from './calibration.ts';
import { graphFile, ModelFolderError, readJson, readModelFile } from './model-folder.ts';

/** The files of a served image classifier, in timm's layout on the Hugging Face hub. */
export const IMAGE_MODEL_FILES = {
  config: 'config.json',
  preprocessor: 'preprocessor_config.json',
  calibration: 'calibration.json',
} as const;

export interface ImageModelDescription {
  readonly classes: readonly ImageClass[];
  readonly preparation: ImagePreparation;
  /** Undefined where no labelled pictures were there to fit one on: raw shares, and no interval. */
  readonly calibration: Calibration | undefined;
  /** How many features the graph gives beside the logits; null: none. */
  readonly features: number | null;
  /** Places on a side of the maps whose means the features are; null: the graph does not give them. */
  readonly mapSide: number | null;
}

export interface ImagePreparation {
  /** The shorter side, in pixels, before the middle is cut out. */
  readonly resizeTo: number;
  readonly cropTo: number;
  /** Of each channel, of values from 0 to 1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** What is left of a picture once its shorter side is `resizeTo` and the middle is cut out, in the picture's own pixels. */
export function seenSquare(
  { width, height }: PictureSize,
  { resizeTo, cropTo }: Pick<ImagePreparation, 'resizeTo' | 'cropTo'>,
): PictureSquare {
  const side = (Math.min(width, height) * cropTo) / resizeTo;
  return { left: (width - side) / 2, top: (height - side) / 2, side };
}

export async function describeImageModel(folder: string): Promise<ImageModelDescription> {
  const [config, preprocessor] = await Promise.all([
    readJson(folder, IMAGE_MODEL_FILES.config),
    readJson(folder, IMAGE_MODEL_FILES.preprocessor),
  ]);
  const calibrated = existsSync(join(folder, IMAGE_MODEL_FILES.calibration));
  return {
    classes: classesOf(config),
    preparation: preparationOf(preprocessor),
    calibration: calibrated
      ? parseCalibration(await readJson(folder, IMAGE_MODEL_FILES.calibration))
      : undefined,
    features: wholeNumber(config, 'num_features'),
    mapSide: wholeNumber(config, 'feature_map_side'),
  };
}

/** SHA-256 over everything that decides an answer. */
export async function digestImageModel(folder: string): Promise<string> {
  const { config, preprocessor, calibration } = IMAGE_MODEL_FILES;
  const optional = existsSync(join(folder, calibration)) ? [calibration] : [];
  const hash = createHash('sha256');
  for (const file of [config, preprocessor, ...optional, graphFile(folder)]) {
    hash.update(`${file}\0`).update(await readModelFile(folder, file));
  }
  return hash.digest('hex');
}

/** `label_names` in the order of the logits; where they are WordNet ids, `label_descriptions` has the words. */
function classesOf({
  label_names: names,
  label_descriptions: descriptions,
}: Record<string, unknown>): ImageClass[] {
  if (!Array.isArray(names) || names.length < 2 || !names.every((name) => typeof name === 'string')) {
    throw new ModelFolderError('config.json: label_names does not name two labels or more.');
  }
  const words = new Map<string, unknown>(Object.entries(descriptions ?? {}));
  return (names as string[]).map((name) => {
    if (!/^n\d{8}$/.test(name)) return { label: name, wordnetId: null };
    const label = words.get(name);
    if (typeof label !== 'string') throw new ModelFolderError(`config.json: ${name} has no description.`);
    return { label, wordnetId: name };
  });
}

/** Where it stands. `num_features` is timm's name for the width of what the head reads; `feature_map_side` is ours. */
function wholeNumber(
  config: Record<string, unknown>,
  name: 'num_features' | 'feature_map_side',
): number | null {
  const value = config[name] ?? null;
  if (value === null || (Number.isInteger(value) && Number(value) > 0)) return value as number | null;
  throw new ModelFolderError(`config.json: ${name} is no whole number above 0.`);
}

function preparationOf(preprocessor: Record<string, unknown>): ImagePreparation {
  const { size, crop_size: crop, image_mean: mean, image_std: std } = preprocessor;
  const resizeTo = numberOf(size, 'shortest_edge');
  const cropTo = numberOf(crop, 'height');
  if (cropTo > resizeTo || !isChannels(mean) || !isChannels(std) || std.includes(0)) {
    throw new ModelFolderError('preprocessor_config.json: sizes, mean or deviation make no sense.');
  }
  return { resizeTo, cropTo, mean, std };
}

function numberOf(sizes: unknown, name: string): number {
  const size = new Map<string, unknown>(Object.entries(sizes ?? {})).get(name);
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1) {
    throw new ModelFolderError(`preprocessor_config.json: ${name} is no whole number above 0.`);
  }
  return size;
}

function isChannels(values: unknown): values is number[] {
  return Array.isArray(values) && values.length === 3 && values.every((value) => Number.isFinite(value));
}
