import * as tf from '@tensorflow/tfjs-core';
import { bfloat16Product, type Product } from '#workers/fine-tuning/engine/bfloat16-product.ts';
import { createAdamW } from '#workers/fine-tuning/train/create-adamw.ts';
import { initialState } from '#workers/fine-tuning/train/optimizer.ts';
import { weightsByName } from '#workers/fine-tuning/train/train-text-classifier.ts';
import { weightedCrossEntropy } from '#workers/fine-tuning/train/weighted-cross-entropy.ts';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import type { BertConfig } from '#workers/model-zoo/bert-config.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

/** all-MiniLM-L6-v2's; measure-torch.py has the same. */
const CONFIG: BertConfig = {
  hiddenSize: 384,
  layers: 6,
  heads: 12,
  intermediateSize: 1536,
  vocabularySize: 30_522,
  positions: 512,
  tokenTypes: 2,
  layerNormEpsilon: 1e-12,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
};
export const ENCODER_BATCH = { texts: 32, tokens: 16 };
const LABELS = 3;
const MEASURE_MS = 8_000;

export interface EncoderSpeed {
  readonly products: 'float32' | 'bfloat16';
  /** Whole training steps: forward, backward, AdamW over all weights. */
  readonly stepsPerS: number;
}

/** In float32, and in bfloat16 where the engine has it. */
export function measureEncoderTraining(): EncoderSpeed[] {
  const half = bfloat16Product();
  return [
    { products: 'float32', stepsPerS: stepsPerS(undefined) },
    ...(half ? [{ products: 'bfloat16', stepsPerS: stepsPerS(half) } as const] : []),
  ];
}

function stepsPerS(product: Product | undefined): number {
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decays: () => true };
  const optimizer = createAdamW(settings, initialState(randomWeights()));
  try {
    trainStep(optimizer, 1, product);
    const startMs = performance.now();
    let steps = 0;
    for (; performance.now() - startMs < MEASURE_MS; steps++) trainStep(optimizer, steps + 2, product);
    return (steps * 1000) / (performance.now() - startMs);
  } finally {
    optimizer.dispose();
  }
}

function trainStep(
  optimizer: ReturnType<typeof createAdamW>,
  step: number,
  product: Product | undefined,
): void {
  const { texts, tokens } = ENCODER_BATCH;
  const gradients = new Map<string, tf.Tensor>();
  tf.tidy(() => {
    const weights = optimizer.weights();
    const names = [...weights.keys()];
    const ids = Int32Array.from({ length: texts * tokens }, (_, index) => 1000 + ((index * 7919) % 20_000));
    const inputs = {
      tokenIds: tf.tensor2d(ids, [texts, tokens], 'int32'),
      mask: tf.ones([texts, tokens]),
    };
    const labels = Array.from({ length: texts }, (_, row) => row % LABELS);
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const ops = tensorflowOps({ training: true, seed: step, product });
      const named = weightsByName(new Map(names.map((name, index) => [name, tensors[index] as tf.Tensor])));
      const logits = bertClassifier(ops, CONFIG, named, inputs, { labels: LABELS });
      return weightedCrossEntropy(
        logits,
        labels,
        labels.map(() => 1),
      );
    })([...weights.values()]);
    value.dataSync();
    names.forEach((name, index) => {
      gradients.set(name, tf.keep(grads[index] as tf.Tensor));
    });
  });
  optimizer.step(gradients, 1e-5, step);
  tf.dispose([...gradients.values()]);
}

/** Whatever the architecture asks for, normally small; normalisations start as they should. */
function randomWeights(): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  const random = randomNumbers(1);
  tf.tidy(() => {
    const shape: [number, number] = [1, 1];
    const inputs = { tokenIds: tf.zeros(shape, 'int32'), mask: tf.ones(shape) };
    const ask = (name: string, size: readonly number[]) => {
      const values = size.reduce((product, part) => product * part, 1);
      const norm = name.endsWith('LayerNorm.weight');
      const data = Float32Array.from({ length: values }, () => (norm ? 1 : 0.04 * (random() - 0.5)));
      weights.set(name, { shape: [...size], data });
      return tf.tensor(data.slice(), [...size]);
    };
    bertClassifier(tensorflowOps(), CONFIG, ask, inputs, { labels: LABELS });
  });
  return weights;
}
