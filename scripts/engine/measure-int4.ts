import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from '#workers/model-runtime/onnx/open-session.ts';
import { createGraphBuilder } from '#workers/model-zoo/onnx/graph-builder.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { runScript } from '../models/run-script.ts';

/** SmolLM2-135M's: width, width of keys and values, width of the inner layer, layers, tokens. */
const SHAPE = { width: 576, keyValue: 192, inner: 1536, layers: 30, tokens: 49_152 };
const BLOCK = 32;
/** 8-bit products of activations that are rounded on the way: the fastest that the operator has. */
const ACCURACY_LEVEL = 4;
const STEPS = 40;
const ROUNDS = 5;

/**
 * What ONNX Runtime's 4-bit operator would make of a text model's step on one core, products alone: without attention, norms,
 * sampling, a cache. An upper bound for an engine made of it, to compare with the bare engine of `npm run bench`.
 */
async function main(): Promise<void> {
  const session = await openSession(graphOfProducts());
  for (const streams of [1, 8]) {
    const x = new Tensor('float32', new Float32Array(streams * SHAPE.width).fill(0.1), [
      streams,
      SHAPE.width,
    ]);
    await stepMs(session, x);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await stepMs(session, x));
    const median = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
    console.log(
      `${streams} at once: ${median.toFixed(2)} ms a step, ${((1000 * streams) / median).toFixed(0)} tokens/s at most`,
    );
  }
}

async function stepMs(session: InferenceSession, x: Tensor): Promise<number> {
  const startMs = performance.now();
  for (let step = 0; step < STEPS; step++) await session.run({ x });
  return (performance.now() - startMs) / STEPS;
}

function graphOfProducts(): Uint8Array {
  const graph = createGraphBuilder('products');
  const random = randomNumbers(1);
  let made = 0;
  const product = (x: string, from: number, to: number) => {
    const blocks = from / BLOCK;
    const name = `weight ${made++}`;
    const nibbles = Uint8Array.from({ length: (to * from) / 2 }, () => 256 * random());
    const scales = new Float32Array(to * blocks).fill(0.02 / Math.sqrt(from));
    const weight = graph.initializer(name, { type: 'uint8', shape: [to, blocks, BLOCK / 2], data: nibbles });
    const scale = graph.initializer(`${name} scales`, {
      type: 'float32',
      shape: [to * blocks],
      data: scales,
    });
    const [y] = graph.node('MatMulNBits', [x, weight, scale], {
      domain: 'com.microsoft',
      attributes: {
        K: { int: from },
        N: { int: to },
        bits: { int: 4 },
        block_size: { int: BLOCK },
        accuracy_level: { int: ACCURACY_LEVEL },
      },
    });
    return y as string;
  };
  const add = (a: string, b: string) => graph.node('Add', [a, b])[0] as string;
  let x = graph.input('x', 'float32', ['streams', SHAPE.width]);
  for (let layer = 0; layer < SHAPE.layers; layer++) {
    const { width, keyValue, inner } = SHAPE;
    const [query, key, value] = [
      product(x, width, width),
      product(x, width, keyValue),
      product(x, width, keyValue),
    ];
    // Keys and values go nowhere here; they must not be left out as unused.
    graph.output(add(key, value), `keys and values ${layer}`, 'float32', ['streams', keyValue]);
    x = add(x, product(query, width, width));
    const gated = graph.node('Mul', [product(x, width, inner), product(x, width, inner)])[0] as string;
    x = add(x, product(gated, inner, width));
  }
  graph.output(product(x, SHAPE.width, SHAPE.tokens), 'logits', 'float32', ['streams', SHAPE.tokens]);
  return graph.build({});
}

await runScript(main);
