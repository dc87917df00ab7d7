import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '#workers/model-zoo/gguf/gguf-error.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { ModelRuntimeError } from '../model-runtime.ts';
import type { AdapterFile } from './text-messages.ts';

/** They stand in paths and in JSON. */
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Each stays in memory. */
const ADAPTERS_MAX = 64;

/** Each folder in `folder` with a GGUF file is an adapter, which is called as its folder is. No such folder: no adapters. */
export async function findAdapters(folder: string): Promise<readonly AdapterFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const ids = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  if (ids.length > ADAPTERS_MAX) {
    throw new ModelRuntimeError(`${folder} has ${ids.length} adapters; ${ADAPTERS_MAX} are served at most.`);
  }
  return Promise.all(ids.map(async (id) => ({ id, file: await adapterFile(path.join(folder, id), id) })));
}

async function adapterFile(folder: string, id: string): Promise<string> {
  if (!NAME.test(id)) {
    throw new ModelRuntimeError(
      `${folder}: an adapter is called by up to 64 small letters, digits and hyphens.`,
    );
  }
  const [name, ...others] = (await readdir(folder)).filter((file) => file.endsWith('.gguf'));
  if (name === undefined || others.length > 0) {
    throw new ModelRuntimeError(`${folder} has ${others.length === 0 ? 'no' : 'several'} GGUF files.`);
  }
  const file = path.join(folder, name);
  expectLora(file);
  return file;
}

function expectLora(file: string): void {
  try {
    withGguf(file, ({ metadata }) => {
      const [type, method] = ['general.type', 'adapter.type'].map((key) => metadata.get(key)?.value);
      if (type !== 'adapter' || method !== 'lora') throw new GgufError('It is no LoRA adapter.');
    });
  } catch (cause) {
    throw new ModelRuntimeError(`${file} can't be served. ${(cause as Error).message}`, { cause });
  }
}
