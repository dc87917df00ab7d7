import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { llamaFromGguf } from '#workers/model-zoo/gguf/llama-from-gguf.ts';
import { loraToGguf } from '#workers/model-zoo/gguf/lora-to-gguf.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { writeGguf } from '#workers/model-zoo/gguf/write-gguf.ts';
import type { LlamaConfig } from '#workers/model-zoo/llama-config.ts';
import { initialLora } from '#workers/model-zoo/lora/initial-lora.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { GenerationInput, TextGenerator } from '../text-generator.ts';
import { findAdapters } from './find-adapters.ts';
import { type LlamaTextGenerator, loadTextGenerator } from './load-text-generator.ts';

const folder = 'workers/models/text-generation';
const firstPart = path.join(folder, 'SmolLM2-135M-Instruct-Q4_0-00001-of-00002.gguf');
const entry = new URL('./text-process.ts', import.meta.url);
const base = withGguf(firstPart, (gguf) => llamaFromGguf(gguf).config);
const newFolder = () => mkdtempSync(path.join(tmpdir(), 'adapters-'));

/** Of random numbers: what it makes of the model is its own, if nonsense. */
function write(into: string, id: string, seed: number, config: LlamaConfig = base): void {
  const lora = { rank: 4, alpha: 8, dropout: 0, targets: ['q_proj', 'v_proj', 'down_proj'] } as const;
  const tensors = initialLora(config, lora, seed);
  const random = randomNumbers(seed);
  for (const [name, { data }] of tensors) {
    if (name.includes('lora_B')) for (const at of data.keys()) data[at] = 2 * random() - 1;
  }
  mkdirSync(path.join(into, id));
  const bytes = loraToGguf({ config: lora, tensors }, { name: id, base: config, type: 'F16' });
  writeFileSync(path.join(into, id, 'adapter.gguf'), bytes);
}

const asked = (content: string): GenerationInput => ({
  prompt: { kind: 'chat', messages: [{ role: 'user', content }] },
  truncate: false,
  outputTokensMax: 12,
  choices: 1,
  sampling: {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    seed: 1,
    repetitionPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: [],
  },
  stop: [],
  logprobs: null,
  format: { kind: 'text' },
});

async function answer(generator: TextGenerator, content: string, lane = 'a') {
  const { signal } = new AbortController();
  let text = '';
  let cachedTokens = -1;
  let inputTokens = -1;
  for await (const event of generator.generate(asked(content), { lane, signal })) {
    if (event.kind === 'started') ({ cachedTokens, inputTokens } = event);
    if (event.kind === 'text') text += event.text;
  }
  return { text, cachedTokens, inputTokens };
}

describe('adapters of the text model, served', () => {
  let model: LlamaTextGenerator;
  let generators: readonly TextGenerator[];
  beforeAll(async () => {
    const adaptersFolder = newFolder();
    write(adaptersFolder, 'one-1', 1);
    write(adaptersFolder, 'two-1', 2);
    model = await loadTextGenerator({ folder, id: 'text-1', threads: 1, entry, adaptersFolder });
    generators = [model, ...model.adapters];
  }, 120_000);
  afterAll(() => model.close());

  it('have names and versions of their own', () => {
    expect(generators.map(({ model: { id } }) => id)).toEqual(['text-1', 'one-1', 'two-1']);
    expect(new Set(generators.map(({ model: { version } }) => version.split('@')[1])).size).toBe(3);
  });

  it('give each its own answers, also while all of them write at the same time', async () => {
    const question = 'What is the capital of France?';
    const alone: string[] = [];
    for (const generator of generators) alone.push((await answer(generator, question, 'alone')).text);
    expect(new Set(alone).size).toBe(3);
    expect(alone[0]).toContain('Paris');
    const together = await Promise.all(
      ['b', 'c', 'd'].flatMap((lane) => generators.map((generator) => answer(generator, question, lane))),
    );
    // What is likeliest may change where two tokens are nearly as likely and others share the step: the first ones are not.
    const begins = (text: string) => text.slice(0, 12);
    expect(together.map(({ text }) => begins(text))).toEqual([...alone, ...alone, ...alone].map(begins));
  });

  it('go on from what they read themselves alone', async () => {
    const long = `Repeat after me: ${'the quick brown fox '.repeat(10)}`;
    const [plain, one, two] = generators as [TextGenerator, TextGenerator, TextGenerator];
    await answer(plain, long, 'lane');
    expect((await answer(one, long, 'lane')).cachedTokens).toBeLessThan(40);
    const again = await answer(one, long, 'lane');
    expect(again.cachedTokens).toBe(again.inputTokens - 1);
    const first = await answer(two, 'zzz', 'another lane');
    expect((await answer(two, long, 'lane')).cachedTokens).toBeLessThanOrEqual(first.inputTokens);
  });
});

describe('what can not be served is told before anything is', () => {
  it.each([
    ['a name that is none in a path', 'No Name', null, 'small letters'],
    ['no file', 'empty-1', null, 'no GGUF files'],
    ['a file that is none', 'text-2', Buffer.from('not a model'), 'GGUF'],
    [
      'a model that is no adapter',
      'whole-1',
      Buffer.concat([...writeGguf(new Map(), [])]),
      'no LoRA adapter',
    ],
    ['an adapter that was cut short', 'cut-1', 'cut', ''],
  ])('%s', async (_, id, content, message) => {
    const adapters = newFolder();
    mkdirSync(path.join(adapters, id));
    const file = path.join(adapters, id, 'adapter.gguf');
    if (content === 'cut') {
      write(adapters, 'whole-1', 1);
      writeFileSync(file, readFileSync(path.join(adapters, 'whole-1', 'adapter.gguf')).subarray(0, 500));
    } else if (content !== null) writeFileSync(file, content);
    await expect(findAdapters(adapters)).rejects.toThrow(message);
  });

  it('an adapter of another model', async () => {
    const adaptersFolder = newFolder();
    write(adaptersFolder, 'wide-1', 1, { ...base, hiddenSize: 640 });
    const loading = loadTextGenerator({ folder, id: 'text-1', threads: 1, entry, adaptersFolder });
    await expect(loading).rejects.toThrow('wide-1/adapter.gguf is no adapter of the model that is served.');
  });

  it('nothing is there: no adapters', async () => {
    expect(await findAdapters(path.join(newFolder(), 'adapters'))).toEqual([]);
  });
});
