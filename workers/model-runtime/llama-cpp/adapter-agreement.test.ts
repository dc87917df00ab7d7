import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { llama } from '#workers/model-zoo/decoder.ts';
import { exportDecoder } from '#workers/model-zoo/export-decoder.ts';
import { transformersName } from '#workers/model-zoo/gguf/llama-names.ts';
import { loraToGguf } from '#workers/model-zoo/gguf/lora-to-gguf.ts';
import type { GgufMetadata, GgufValue } from '#workers/model-zoo/gguf/metadata.ts';
import { quantize } from '#workers/model-zoo/gguf/quantize.ts';
import { halvesTogether } from '#workers/model-zoo/gguf/rotary-rows.ts';
import { writeGguf } from '#workers/model-zoo/gguf/write-gguf.ts';
import { parseLlamaConfig } from '#workers/model-zoo/llama-config.ts';
import { loraDecoder } from '#workers/model-zoo/lora/lora-decoder.ts';
import { adapterWeights, readPeftAdapter } from '#workers/model-zoo/lora/peft-adapter.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { openDecoder } from '../onnx/decoding/open-decoder.ts';
import type { TextEngine } from '../text/text-engine.ts';
import { openLlamaEngine } from './llama-engine.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../model-zoo/fixtures/${name}`, import.meta.url));
const config = parseLlamaConfig(JSON.parse(readFileSync(fixture('tiny-llama/config.json'), 'utf8')));
const checkpoint = readSafetensors(readFileSync(fixture('tiny-llama/model.safetensors')));
const adapter = readPeftAdapter(fixture('tiny-llama-lora'));
const opposite = {
  ...adapter,
  tensors: new Map(
    [...adapter.tensors].map(([name, { shape, data }]) => {
      const sign = name.includes('lora_B') ? -1 : 1;
      return [name, { shape, data: Float32Array.from(data as Float32Array, (value) => sign * value) }];
    }),
  ),
};
const FIRST_CHARACTER = '!'.codePointAt(0) ?? 0;
const TEXTS = ['Kindness', 'cabbages', 'AnyText?', '12345678'];

let engine: TextEngine;
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tiny-llama-'));
  const write = (name: string, bytes: Uint8Array) => {
    writeFileSync(path.join(folder, name), bytes);
    return path.join(folder, name);
  };
  const gguf = (of: typeof adapter) => loraToGguf(of, { name: 'tiny', base: config, type: 'F32' });
  engine = await openLlamaEngine({
    file: write('model.gguf', tinyLlama()),
    device: 'cpu',
    threads: 1,
    sequences: TEXTS.length,
    contextTokens: 32,
    adapters: [
      { id: 'one', file: write('one.gguf', gguf(adapter)) },
      { id: 'opposite', file: write('opposite.gguf', gguf(opposite)) },
    ],
  });
});

describe('llama.cpp with an adapter', () => {
  it.each([
    [null, 'nothing'],
    ['one', 'what peft trained'],
    ['opposite', 'its opposite'],
  ])('says of each token what our decoder does: %s (%s)', async (id, _) => {
    const theirs = await inLlamaCpp(TEXTS.map((text) => ({ text, adapter: id })));
    expectAgreement(theirs, await ours(id));
  });

  it('keeps adapters apart that write in one step', async () => {
    const ids = [null, 'one', 'opposite', 'one'];
    const theirs = await inLlamaCpp(TEXTS.map((text, row) => ({ text, adapter: ids[row] ?? null })));
    const expected = await Promise.all(ids.map((id) => ours(id)));
    expectAgreement(
      theirs,
      expected.map((rows, row) => rows[row] ?? []),
    );
    const first = (rows: readonly Choice[][]) => rows.map((row) => row[0]?.logprob);
    expect(first(await ours('one'))).not.toEqual(first(await ours(null)));
  });
});

interface Choice {
  readonly token: number;
  readonly logprob: number;
}

/** What is likeliest to follow each of the tokens, one step a token. */
async function inLlamaCpp(rows: readonly { text: string; adapter: string | null }[]): Promise<Choice[][]> {
  const samplers = rows.map(() =>
    engine.openSampler({
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      seed: 0,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: [],
      outputTokensMax: 1,
      grammar: null,
    }),
  );
  const choices: Choice[][] = rows.map(() => []);
  rows.forEach((_, sequence) => engine.forget(sequence, 0));
  for (let position = 0; position < 8; position++) {
    const parts = rows.map(({ text, adapter: id }, sequence) => {
      const tokens = [tokenOf(text[position] ?? '')];
      return { sequence, adapter: id, position, tokens, sampler: samplers[sequence] ?? null, logprobs: 1 };
    });
    (await engine.step(parts)).forEach((drawn, row) => {
      choices[row]?.push({ token: drawn?.token ?? -1, logprob: drawn?.logprobs?.chosen ?? Number.NaN });
    });
  }
  for (const sampler of samplers) sampler.close();
  return choices;
}

async function ours(id: string | null): Promise<Choice[][]> {
  const base = checkpointWeights(checkpoint);
  const used = id === 'opposite' ? opposite : adapter;
  const decoder = id === null ? llama(config) : loraDecoder(llama(config), used.config);
  const weights = id === null ? base : adapterWeights(base, used);
  const session = await openDecoder(exportDecoder(decoder, weights, 'float32'), decoder);
  const { logits } = await session.run(TEXTS.map((text) => [...text].map(tokenOf)));
  await session.release();
  return logits.map((rows) =>
    rows.map((row) => {
      const greatest = Math.max(...row);
      const total = row.reduce((sum, logit) => sum + Math.exp(logit - greatest), 0);
      return { token: row.indexOf(greatest), logprob: -Math.log(total) };
    }),
  );
}

/** Keys and values lie in 16 bits there. */
function expectAgreement(theirs: readonly Choice[][], expected: readonly Choice[][]) {
  expect(theirs.map((row) => row.map(({ token }) => token))).toEqual(
    expected.map((row) => row.map(({ token }) => token)),
  );
  theirs.flat().forEach(({ logprob }, index) => {
    expect(Math.abs(logprob - (expected.flat()[index]?.logprob ?? Number.NaN))).toBeLessThan(0.05);
  });
}

function tokenOf(character: string): number {
  return (character.codePointAt(0) ?? 0) - FIRST_CHARACTER;
}

/** The small random model as llama.cpp reads it; each token of its vocabulary is a character. */
function tinyLlama(): Uint8Array {
  const count = (value: number): GgufValue => ({ type: 'uint32', value });
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const characters = Array.from({ length: config.vocabularySize }, (_, id) =>
    String.fromCodePoint(FIRST_CHARACTER + id),
  );
  const metadata: GgufMetadata = new Map([
    ['general.architecture', text('llama')],
    ['llama.context_length', count(config.positions)],
    ['llama.embedding_length', count(config.hiddenSize)],
    ['llama.block_count', count(config.layers)],
    ['llama.feed_forward_length', count(config.intermediateSize)],
    ['llama.attention.head_count', count(config.heads)],
    ['llama.attention.head_count_kv', count(config.keyValueHeads)],
    ['llama.rope.dimension_count', count(config.headSize)],
    ['llama.rope.freq_base', { type: 'float32', value: config.rotaryBase } as const],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: config.normEpsilon } as const],
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text('smollm')],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: characters } as const],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: ['a b'] } as const],
    ['tokenizer.ggml.bos_token_id', count(1)],
    ['tokenizer.ggml.eos_token_id', count(2)],
  ]);
  const layers = Array.from({ length: config.layers }, (_, layer) => `blk.${layer}.`).flatMap((layer) =>
    [
      'attn_norm',
      'attn_q',
      'attn_k',
      'attn_v',
      'attn_output',
      'ffn_norm',
      'ffn_gate',
      'ffn_up',
      'ffn_down',
    ].map((part) => `${layer}${part}.weight`),
  );
  const tensors = ['token_embd.weight', 'output_norm.weight', ...layers].map((name) => {
    const { shape = [], data } = checkpoint.tensors.get(transformersName(name)) ?? {};
    const values = inFileOrder(name, data as Float32Array, shape);
    return { name, shape, type: 'F32', bytes: () => quantize(name, 'F32', values) } as const;
  });
  return Buffer.concat([...writeGguf(metadata, tensors)]);
}

function inFileOrder(name: string, values: Float32Array, shape: readonly number[]): Float32Array {
  if (name.endsWith('.attn_q.weight')) return halvesTogether(values, shape, config.heads);
  if (name.endsWith('.attn_k.weight')) return halvesTogether(values, shape, config.keyValueHeads);
  return values;
}
