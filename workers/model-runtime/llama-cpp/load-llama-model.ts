import { setTimeout as wait } from 'node:timers/promises';
import { ModelRuntimeError } from '../model-runtime.ts';
import type { LlamaBinding, LlamaDevice, LlamaModel } from './binding.ts';

const ALL_LAYERS = 1_000;
/** llama.cpp's words come through a queue of their own, after the answer. */
const WORDS_WAIT_MS = 50;

/** Throws with llama.cpp's own reason where it has one: an architecture that it doesn't know, say. */
export async function loadLlamaModel(
  binding: LlamaBinding,
  file: string,
  { device, architecture }: { readonly device: LlamaDevice; readonly architecture: string },
): Promise<LlamaModel> {
  const words: string[] = [];
  binding.setLogger((_, message) => words.push(message));
  try {
    const model = new binding.AddonModel(file, {
      addonExports: binding,
      gpuLayers: device === 'cpu' ? 0 : ALL_LAYERS,
      useMmap: true,
    });
    if (await model.init()) return model;
    await wait(WORDS_WAIT_MS);
  } finally {
    binding.setLogger(() => {});
  }
  throw new ModelRuntimeError(
    `llama.cpp can't load ${file}, a model of the architecture "${architecture}": ${reasonOf(words)}`,
  );
}

function reasonOf(words: readonly string[]): string {
  const reasons = words.flatMap(
    (word) => /error loading model: (?<reason>.+)/.exec(word)?.groups?.reason ?? [],
  );
  return reasons[0] ? `${reasons[0].trim()}.` : 'it may not know the architecture.';
}
