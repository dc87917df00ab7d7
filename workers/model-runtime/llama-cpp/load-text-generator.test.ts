import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GgufValue } from '#workers/model-zoo/gguf/metadata.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { writeGguf } from '#workers/model-zoo/gguf/write-gguf.ts';
import type { GenerationEvent, GenerationInput, TokenLogprob } from '../text-generator.ts';
import { findModelFiles } from './find-model-files.ts';
import { type LlamaTextGenerator, loadTextGenerator } from './load-text-generator.ts';

const folder = 'workers/models/text-generation';
const firstPart = 'SmolLM2-135M-Instruct-Q4_0-00001-of-00002.gguf';
const entry = new URL('./text-process.ts', import.meta.url);
const load = (over: Partial<Parameters<typeof loadTextGenerator>[0]> = {}) =>
  loadTextGenerator({ folder, id: 'text-1', threads: 1, entry, ...over });

const sampling: GenerationInput['sampling'] = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: 1,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
};
const asked = (content: string, given: Partial<GenerationInput> = {}): GenerationInput => ({
  prompt: { kind: 'chat', messages: [{ role: 'user', content }] },
  truncate: false,
  outputTokensMax: 24,
  choices: 1,
  sampling,
  stop: [],
  logprobs: null,
  format: { kind: 'text' },
  ...given,
});

let generator: LlamaTextGenerator;
beforeAll(async () => {
  generator = await load();
});
afterAll(() => generator.close());

interface Answer {
  readonly texts: readonly string[];
  readonly reasons: readonly string[];
  readonly outputTokens: number;
  readonly tokensTold: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly logprobs: readonly TokenLogprob[];
}

async function answer(
  input: GenerationInput,
  { lane = 'a', signal = new AbortController().signal, onEvent = (_: GenerationEvent) => {} } = {},
): Promise<Answer> {
  const texts: string[] = [];
  const reasons: string[] = [];
  const logprobs: TokenLogprob[] = [];
  const sums = { outputTokens: 0, tokensTold: 0, inputTokens: 0, cachedTokens: 0 };
  for await (const event of generator.generate(input, { lane, signal })) {
    onEvent(event);
    if (event.kind === 'started') {
      sums.inputTokens = event.inputTokens;
      sums.cachedTokens = event.cachedTokens;
    } else if (event.kind === 'text') {
      texts[event.choice] = (texts[event.choice] ?? '') + event.text;
      sums.tokensTold += event.tokens;
      logprobs.push(...(event.logprobs ?? []));
    } else {
      reasons[event.choice] = event.reason;
      sums.outputTokens += event.outputTokens;
    }
  }
  return { texts, reasons, logprobs, ...sums };
}

describe('the text model, served', () => {
  it('answers a chat', async () => {
    const { texts, reasons, outputTokens, tokensTold } = await answer(
      asked('What is the capital of France?'),
    );
    expect(texts[0]).toContain('Paris');
    expect(['stop', 'length']).toContain(reasons[0]);
    expect(tokensTold).toBe(outputTokens);
  });

  it('goes on with a text', async () => {
    const prompt = { kind: 'text', text: 'One, two, three, four,' } as const;
    const { texts, inputTokens } = await answer(asked('', { prompt, outputTokensMax: 4 }));
    expect(texts[0]).toContain('five');
    expect(inputTokens).toBe(8);
  });

  it('draws the same with the same seed, and something else with another', async () => {
    const drawn = (seed: number) =>
      answer(asked('Tell me a story.', { sampling: { ...sampling, temperature: 1.2, seed } }));
    const [first, again, other] = [await drawn(7), await drawn(7), await drawn(8)];
    expect(again.texts).toEqual(first.texts);
    expect(other.texts).not.toEqual(first.texts);
  });

  it('draws the same with the greatest seed too, which is -1 in 32 bits', async () => {
    const greatest = { ...sampling, temperature: 1.2, seed: 2 ** 32 - 1 };
    const drawn = () => answer(asked('Tell me a story.', { sampling: greatest, outputTokensMax: 12 }));
    expect((await drawn()).texts).toEqual((await drawn()).texts);
  });

  it.each([1e-10, 1e-38, 5e-324])('draws at a temperature of %d as at none', async (temperature) => {
    const drawn = (over: Partial<GenerationInput['sampling']>) =>
      answer(asked('Tell me a story.', { sampling: { ...sampling, ...over }, outputTokensMax: 8 }));
    expect((await drawn({ temperature })).texts).toEqual((await drawn({})).texts);
  });

  it('gives several answers to one prompt', async () => {
    const { texts, reasons } = await answer(
      asked('Tell me a story.', { choices: 3, sampling: { ...sampling, temperature: 1 } }),
    );
    expect(new Set(texts).size).toBe(3);
    expect(reasons).toHaveLength(3);
  });

  it('writes characters whole', async () => {
    const pieces: string[] = [];
    await answer(asked('Repeat exactly: 🙂🙂🙂 äöü 日本語'), {
      onEvent: (event) => event.kind === 'text' && pieces.push(event.text),
    });
    expect(pieces.join('')).not.toContain('\ufffd');
  });

  it('keeps to a schema, however it is drawn', async () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 12 },
        kind: { enum: ['cat', 'dog'] },
        legs: { type: 'integer' },
      },
      required: ['name', 'kind', 'legs'],
      additionalProperties: false,
    };
    for (const seed of [1, 2, 3, 4, 5]) {
      const { texts, reasons } = await answer(
        asked('Invent a pet.', {
          format: { kind: 'json_schema', schema },
          outputTokensMax: 120,
          sampling: { ...sampling, temperature: 1.5, seed },
        }),
      );
      expect(reasons).toEqual(['stop']);
      const pet = JSON.parse(texts[0] as string);
      expect(Object.keys(pet)).toEqual(['name', 'kind', 'legs']);
      expect(['cat', 'dog']).toContain(pet.kind);
      expect(Number.isInteger(pet.legs)).toBe(true);
    }
  });

  it('keeps to bounds, patterns and formats, however it is drawn', async () => {
    const schema = {
      type: 'object',
      properties: {
        score: { type: 'number', minimum: -1, exclusiveMaximum: 1 },
        legs: { type: 'integer', minimum: 2, maximum: 12, multipleOf: 2 },
        quoted: { type: 'string', pattern: '^"[^"a-z]{1,8}"$' },
        day: { type: 'string', format: 'date' },
      },
      required: ['score', 'legs', 'quoted', 'day'],
      additionalProperties: false,
    };
    const isValid = new Ajv2020({ validateFormats: false }).compile(schema);
    for (const seed of [1, 2, 3, 4, 5]) {
      const { texts, reasons } = await answer(
        asked('Invent a pet.', {
          format: { kind: 'json_schema', schema },
          outputTokensMax: 200,
          sampling: { ...sampling, temperature: 1.5, seed },
        }),
      );
      expect(reasons).toEqual(['stop']);
      const pet = JSON.parse(texts[0] as string);
      expect(isValid(pet), texts[0]).toBe(true);
      expect(new Date(pet.day).toISOString().slice(0, 10)).toBe(pet.day);
    }
  });

  it('says how probable each token was, before sampling changed anything', async () => {
    const { logprobs, outputTokens, texts } = await answer(
      asked('What is the capital of France?', {
        logprobs: 3,
        outputTokensMax: 8,
        sampling: { ...sampling, temperature: 0.01, topK: 1 },
      }),
    );
    expect(logprobs).toHaveLength(outputTokens);
    expect(logprobs.map(({ token }) => token).join('')).toBe(texts[0]);
    for (const { token, logprob, alternatives } of logprobs) {
      expect(alternatives).toHaveLength(3);
      expect(alternatives[0]).toMatchObject({ token, logprob });
      const sum = alternatives.reduce((total, one) => total + Math.exp(one.logprob), 0);
      expect(sum).toBeGreaterThan(0.1);
      expect(sum).toBeLessThanOrEqual(1.0001);
    }
  });

  it('says it of the tokens of the text, not of those of a stop sequence', async () => {
    const plain = asked('What is the capital of France?', { logprobs: 0, outputTokensMax: 8 });
    const tokens = (await answer(plain)).logprobs.map(({ token }) => token);
    const stopped = await answer({ ...plain, stop: [tokens.slice(2, 4).join('')] });
    expect(stopped.texts[0]).toBe(tokens.slice(0, 2).join(''));
    expect(stopped.logprobs.map(({ token }) => token)).toEqual(tokens.slice(0, 2));
    expect(stopped.outputTokens).toBe(4);
    const begun = await answer({ ...plain, stop: [`${tokens.slice(2).join('')}…`] });
    expect(begun.logprobs.map(({ token }) => token)).toEqual(tokens);
  });

  it('bans a token that is biased away', async () => {
    const input = asked('What is the capital of France?', { logprobs: 0, outputTokensMax: 6 });
    const first = (await answer(input)).logprobs[0];
    const bias = tokenNumberOf(first?.token ?? '');
    const { texts } = await answer({ ...input, sampling: { ...sampling, logitBias: [[bias, -100]] } });
    expect(texts[0]?.startsWith(first?.token ?? '')).toBe(false);
  });

  it('takes what a customer writes for text, not for marks of the template', async () => {
    const plain = await answer(asked('x'));
    const marked = await answer(asked('<|im_end|>', { outputTokensMax: 1 }));
    expect(marked.inputTokens - plain.inputTokens).toBeGreaterThan(3);
  });

  it("goes on from what a workspace sent before, and never from another's", async () => {
    const long = `Repeat after me: ${'the quick brown fox '.repeat(10)}`;
    await answer(asked(long, { outputTokensMax: 1 }), { lane: 'one' });
    const again = await answer(asked(long, { outputTokensMax: 1 }), { lane: 'one' });
    const other = await answer(asked(long, { outputTokensMax: 1 }), { lane: 'other' });
    const unlike = await answer(asked('zzz', { outputTokensMax: 1 }), { lane: 'third' });
    expect(again.cachedTokens).toBe(again.inputTokens - 1);
    expect(other.cachedTokens).toBe(unlike.cachedTokens);
  });

  it('stops when its reader does, and says what was made', async () => {
    const controller = new AbortController();
    let told = 0;
    const { reasons, outputTokens } = await answer(asked('Write a long story.', { outputTokensMax: 500 }), {
      signal: controller.signal,
      onEvent: (event) => event.kind === 'text' && ++told === 5 && controller.abort(),
    });
    expect(reasons).toEqual(['cancelled']);
    expect(outputTokens).toBeGreaterThanOrEqual(5);
    expect(outputTokens).toBeLessThanOrEqual(7);
  });

  it('refuses what is too long with the numbers, and a token that there is not', async () => {
    await expect(answer(asked('word '.repeat(3_000)))).rejects.toMatchObject({
      refusal: { refused: 'input_too_long', contextTokens: 2_048 },
    });
    const bias = { ...sampling, logitBias: [[9_999_999, 1]] as const };
    await expect(answer(asked('Hi', { sampling: bias }))).rejects.toMatchObject({
      refusal: { refused: 'unknown_token', token: 9_999_999 },
    });
  });

  it('answers again after its process was killed; what was being written fails', async () => {
    const own = await load({ sequences: 2, laneSequencesMax: 2 });
    const writing = (async () => {
      for await (const event of own.generate(asked('Write a long story.', { outputTokensMax: 500 }), {
        lane: 'a',
        signal: new AbortController().signal,
      })) {
        if (event.kind === 'text') process.kill(own.pid() as number, 'SIGKILL');
      }
    })();
    await expect(writing).rejects.toThrow('The process that writes ended (SIGKILL).');
    await expect.poll(() => texts(own), { timeout: 20_000, interval: 200 }).toContain('Paris');
    await own.close();
  });

  it('takes a file, or the first of its parts, as well as a folder', async () => {
    expect(await findModelFiles(path.join(folder, firstPart))).toEqual(await findModelFiles(folder));
    await expect(findModelFiles('nowhere.gguf')).rejects.toThrow('nowhere.gguf is not there');
    await expect(findModelFiles('package.json')).rejects.toThrow(
      /package.json can't be served: .*no GGUF file/,
    );
  });

  it.each([
    ['nothing', null, 'has no GGUF file'],
    ['a file that is none', Buffer.from('not a model'), 'GGUF'],
    ['a file that was cut short', 'cut', 'The file is cut short'],
    ['a model of an unknown architecture', unknownArchitecture(), 'of the architecture "mystery"'],
  ])(
    'says so if its folder has %s',
    async (_, content, message) => {
      const broken = mkdtempSync(path.join(tmpdir(), 'text-model-'));
      if (content === 'cut') {
        const part = readFileSync(path.join(folder, firstPart));
        writeFileSync(path.join(broken, 'model.gguf'), part.subarray(0, 3_000_000));
      } else if (content !== null) writeFileSync(path.join(broken, 'model.gguf'), content);
      await expect(load({ folder: broken })).rejects.toThrow(message);
    },
    30_000,
  );
});

/** Whole, but no llama.cpp knows what to do with it. */
function unknownArchitecture(): Buffer {
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: 'mystery' }],
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: ['a', 'b'] }],
  ]);
  const bytes = () => new Uint8Array(8 * 4 * 2);
  return Buffer.concat([
    ...writeGguf(metadata, [{ name: 'token_embd.weight', shape: [2, 8], type: 'F32', bytes }]),
  ]);
}

/** What it answers, or nothing while it is being started again. */
async function texts(from: LlamaTextGenerator): Promise<string> {
  const signal = new AbortController().signal;
  let text = '';
  const reading = (async () => {
    for await (const event of from.generate(asked('What is the capital of France?'), { lane: 'a', signal })) {
      if (event.kind === 'text') text += event.text;
    }
  })();
  await reading.catch(() => undefined);
  return text;
}

/** Its place in the model's own vocabulary. */
function tokenNumberOf(token: string): number {
  return withGguf(path.join(folder, firstPart), ({ metadata }) => {
    const vocabulary = metadata.get('tokenizer.ggml.tokens')?.value;
    return Array.isArray(vocabulary) ? vocabulary.indexOf(token.replace(' ', 'Ġ')) : -1;
  });
}
