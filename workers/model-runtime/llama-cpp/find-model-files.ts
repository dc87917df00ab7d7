import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '#workers/model-zoo/gguf/gguf-error.ts';
import { ggufFiles } from '#workers/model-zoo/gguf/open-gguf.ts';
import { ModelRuntimeError } from '../model-runtime.ts';

export interface ModelFiles {
  readonly folder: string;
  /** In order: llama.cpp is given the first, and finds the others. */
  readonly files: readonly string[];
}

/** Of a folder with one model, or of a GGUF file that may be the first of its parts. */
export async function findModelFiles(model: string): Promise<ModelFiles> {
  const found = await stat(model).catch(() => null);
  if (!found) throw new ModelRuntimeError(`${model} is not there.`);
  if (found.isDirectory()) return { folder: model, files: await filesOf(model) };
  return { folder: path.dirname(model), files: partsOf(model) };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.gguf')).toSorted();
  if (names.length === 0) throw new ModelRuntimeError(`${folder} has no GGUF file.`);
  const parts = names.filter((name) => /-\d{5}-of-\d{5}\.gguf$/.test(name));
  if (names.length > 1 && parts.length !== names.length) {
    throw new ModelRuntimeError(`${folder} has several models: ${names.join(', ')}.`);
  }
  return names;
}

function partsOf(file: string): readonly string[] {
  try {
    return ggufFiles(file).map((part) => path.basename(part));
  } catch (cause) {
    if (!(cause instanceof GgufError)) throw cause;
    throw new ModelRuntimeError(`${file} can't be served: ${cause.message}`, { cause });
  }
}
