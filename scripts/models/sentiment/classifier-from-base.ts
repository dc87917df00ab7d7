import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BertConfig } from '#workers/model-zoo/bert-config.ts';
import { readSafetensors, type StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

/** As `transformers` starts a classification layer: normally distributed with this deviation. */
const INITIAL_DEVIATION = 0.02;

/** The base's weights under the names of BertForSequenceClassification, and a classification layer from nothing. */
export function classifierFromBase(
  folder: string,
  config: BertConfig,
  labels: number,
  seed: number,
): Map<string, StoredTensor> {
  const { tensors } = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  const weights = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    if (tensor.data instanceof Float32Array) weights.set(`bert.${name}`, tensor);
  }
  const random = randomNumbers(seed);
  weights.set('classifier.weight', {
    shape: [labels, config.hiddenSize],
    data: Float32Array.from({ length: labels * config.hiddenSize }, () => INITIAL_DEVIATION * normal(random)),
  });
  weights.set('classifier.bias', { shape: [labels], data: new Float32Array(labels) });
  return weights;
}

/** Box and Muller, 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
