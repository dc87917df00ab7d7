import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Decoder, gpt2, llama } from '#workers/model-zoo/decoder.ts';
import { exportDecoder } from '#workers/model-zoo/export-decoder.ts';
import { llamaFromGguf } from '#workers/model-zoo/gguf/llama-from-gguf.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { parseGpt2Config } from '#workers/model-zoo/gpt2-config.ts';
import { parseLlamaConfig } from '#workers/model-zoo/llama-config.ts';
import type { KeyValue, Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { type DecoderSession, openDecoder } from './decoding/open-decoder.ts';

/** Written by scripts/models/make-text-reference-outputs.py. */
interface Reference {
  readonly texts: readonly (readonly number[])[];
  readonly logits: readonly (readonly (readonly number[])[])[]; // [texts][length][vocabulary]
}

interface SmollmReference {
  readonly stride: number;
  readonly texts: readonly {
    readonly ids: readonly number[];
    readonly positions: readonly {
      readonly strided: readonly number[];
      readonly ids: readonly number[];
      readonly logits: readonly number[];
    }[];
  }[];
}

const zoo = new URL('../../model-zoo/fixtures/', import.meta.url);
const SMOLLM2 = fileURLToPath(
  new URL('../../../.modelyard/bases/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf', import.meta.url),
);

beforeAll(async () => {
  setWasmPaths(
    new URL('../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname,
  );
  await tf.setBackend('wasm');
});

const models = [
  {
    folder: 'tiny-llama',
    what: 'heads that share keys, tied embeddings',
    read: (json: unknown) => llama(parseLlamaConfig(json)),
  },
  {
    folder: 'tiny-llama-untied',
    what: 'wide heads, weights of its own at the end',
    read: (json: unknown) => llama(parseLlamaConfig(json)),
  },
  {
    folder: 'tiny-gpt2',
    what: 'learnt positions',
    read: (json: unknown) => gpt2(parseGpt2Config(json)),
  },
];

describe.each(models)('$folder ($what), against transformers', ({ folder, read }) => {
  const decoder = read(readJson(`${folder}/config.json`));
  const weights = checkpointWeights(
    readSafetensors(readFileSync(new URL(`${folder}/model.safetensors`, zoo))),
  );
  const { texts, logits } = readJson(`${folder}/reference.json`) as Reference;
  const longest = texts.at(-1) ?? [];
  const ofLongest = (logits.at(-1) ?? []).flat();
  let session: DecoderSession;

  beforeAll(async () => {
    session = await openDecoder(exportDecoder(decoder, weights, 'float32'), decoder);
  });
  afterAll(() => session.release());

  it('computes the same in TensorFlow.js, texts of several lengths in one batch', () => {
    expect(greatestDifference(inTensorflow(decoder, weights, texts), logits.flat(2))).toBeLessThan(1e-3);
  });

  it('computes the same in ONNX Runtime, texts of several lengths in one batch', async () => {
    const { logits: actual } = await session.run(texts);
    expect(greatestDifference(numbers(actual), logits.flat(2))).toBeLessThan(1e-3);
  });

  it('goes on from keys and values in TensorFlow.js, by one token and by several', () => {
    const actual = tf.tidy(() =>
      inTensorflowSteps(decoder, weights, [longest.slice(0, 6), longest.slice(6, 9)], longest.slice(9)),
    );
    expect(greatestDifference(actual, ofLongest)).toBeLessThan(1e-3);
  });

  it('goes on from keys and values in ONNX Runtime, by one token and by several', async () => {
    const steps = [longest.slice(0, 6), longest.slice(6, 9), ...longest.slice(9).map((id) => [id])];
    const actual: number[] = [];
    let past: Awaited<ReturnType<DecoderSession['run']>>['past'] | undefined;
    for (const ids of steps) {
      const result = await session.run([ids], past);
      actual.push(...numbers(result.logits));
      past = result.past;
    }
    expect(greatestDifference(actual, ofLongest)).toBeLessThan(1e-3);
  });

  it('goes on from texts of several lengths in ONNX Runtime', async () => {
    const begun = await session.run(texts.map((text) => text.slice(0, -1)));
    const { logits: actual } = await session.run(
      texts.map((text) => text.slice(-1)),
      begun.past,
    );
    const expected = logits.map((rows) => rows.at(-1) ?? []);
    expect(greatestDifference(numbers(actual), expected.flat())).toBeLessThan(1e-3);
  });

  it('loses little with its weights in 16 bits', async () => {
    const half = await openDecoder(exportDecoder(decoder, weights, 'float16'), decoder);
    const { logits: actual } = await half.run([longest]);
    await half.release();
    expect(cosine(numbers(actual), ofLongest)).toBeGreaterThan(0.9999);
  });

  it('refuses more tokens than it has positions', () => {
    const long = [Array.from({ length: 33 }, () => 1)];
    expect(() => inTensorflow(decoder, weights, long)).toThrow(
      '33 tokens are more than the 32 of the model.',
    );
  });
});

/** The base is fetched by `npm run models:fetch`; the small models are always here. */
describe.runIf(existsSync(SMOLLM2))('SmolLM2, dequantised, against transformers', () => {
  const { stride, texts } = readJson('smollm2-reference.json') as SmollmReference;
  let model: { readonly decoder: Decoder; readonly weights: Weights<OnnxConstant> };

  beforeAll(() => {
    model = withGguf(SMOLLM2, (gguf) => {
      const { config, tensors } = llamaFromGguf(gguf);
      const weights = checkpointWeights({ tensors: new Map(tensors()), metadata: {} });
      return { decoder: llama(config), weights };
    });
  });

  /** Every 97th logit of each position, and the five likeliest. */
  function expectClose(rows: readonly Float32Array[], { positions }: SmollmReference['texts'][number]) {
    expect(rows).toHaveLength(positions.length);
    positions.forEach((expected, position) => {
      const row = rows[position] ?? new Float32Array();
      const strided = [...row].filter((_, id) => id % stride === 0);
      expect(greatestDifference(strided, expected.strided)).toBeLessThan(1e-3);
      const likeliest = expected.ids.map((id) => row[id] ?? Number.NaN);
      expect(greatestDifference(likeliest, expected.logits)).toBeLessThan(1e-3);
      expect(row.indexOf(row.reduce((max, logit) => Math.max(max, logit)))).toBe(expected.ids[0]);
    });
  }

  it('computes the same in ONNX Runtime to 1e-3', async () => {
    const session = await openDecoder(exportDecoder(model.decoder, model.weights, 'float32'), model.decoder);
    for (const text of texts) {
      const [rows = []] = (await session.run([text.ids])).logits;
      expectClose(rows, text);
    }
    await session.release();
  }, 120_000);

  it('computes the same in TensorFlow.js to 1e-3', () => {
    const { vocabularySize } = model.decoder;
    for (const text of texts.slice(0, 1)) {
      const logits = Float32Array.from(inTensorflow(model.decoder, model.weights, [text.ids]));
      const rows = text.ids.map((_, row) =>
        logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
      );
      expectClose(rows, text);
    }
  }, 120_000);
});

function inTensorflow(decoder: Decoder, weights: Weights<OnnxConstant>, texts: Reference['texts']): number[] {
  const length = Math.max(...texts.map((text) => text.length));
  const padded = (value: (id: number) => number) =>
    tf.tensor2d(
      texts.map((text) => Array.from({ length }, (_, at) => (at < text.length ? value(text[at] ?? 0) : 0))),
      undefined,
      'int32',
    );
  return tf.tidy(() => {
    const inputs = { tokenIds: padded((id) => id), mask: padded(() => 1) };
    const { logits } = decoder.write<tf.Tensor>(tensorflowOps(), tensorflowWeights(weights), inputs);
    const rows = tf.unstack(logits);
    return rows.flatMap((row, text) => [...tf.slice(row, [0, 0], [texts[text]?.length ?? 0, -1]).dataSync()]);
  });
}

/** First all of `several` at once each, then `single` one by one. */
function inTensorflowSteps(
  decoder: Decoder,
  weights: Weights<OnnxConstant>,
  several: readonly (readonly number[])[],
  single: readonly number[],
): number[] {
  const ops = tensorflowOps();
  const tensors = tensorflowWeights(weights);
  const logits: number[] = [];
  let past: readonly KeyValue<tf.Tensor>[] | undefined;
  let seen = 0;
  for (const ids of [...several, ...single.map((id) => [id])]) {
    seen += ids.length;
    const inputs = {
      tokenIds: tf.tensor2d([[...ids]], undefined, 'int32'),
      mask: tf.ones([1, seen], 'int32'),
    };
    const result = decoder.write<tf.Tensor>(ops, tensors, past ? { ...inputs, past } : inputs);
    logits.push(...result.logits.dataSync());
    past = result.keyValues;
  }
  return logits;
}

function numbers(rows: readonly (readonly Float32Array[])[]): number[] {
  return rows.flat().flatMap((row) => [...row]);
}

function greatestDifference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce(
    (max, value, index) => Math.max(max, Math.abs(value - (expected[index] ?? Number.NaN))),
    0,
  );
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? Number.NaN), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, zoo), 'utf8'));
}
