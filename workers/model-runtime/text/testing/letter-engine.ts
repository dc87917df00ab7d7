import type { EngineSampler, TextEngine } from '../text-engine.ts';

export interface LetterEngineOptions {
  readonly sequences: number;
  readonly contextTokens: number;
}

export interface LetterEngine extends TextEngine {
  /** Resolves after so many more steps. */
  steps(count: number): Promise<void>;
  failNextStep(): void;
  readonly partsPerStep: readonly number[];
  readonly adaptersPerStep: readonly (readonly (string | null)[])[];
  readonly stepsDone: number;
  /** Over all steps: what a processor is busy with. */
  readonly tokensRead: number;
  readonly seeds: readonly number[];
  readonly copies: number;
  readonly openSamplers: number;
}

const END = 0;

/**
 * Answers a prompt of small letters with the same in capitals. It has real caches: what it draws follows from what was read into
 * a sequence, and a part that does not begin where the cache ends, or was read with another adapter, is an error.
 */
export function letterEngine({
  sequences = 8,
  contextTokens = 256,
}: Partial<LetterEngineOptions>): LetterEngine {
  const caches: number[][] = Array.from({ length: sequences }, () => []);
  const partsPerStep: number[] = [];
  const adaptersPerStep: (string | null)[][] = [];
  const adapters: (string | null)[] = [];
  const seeds: number[] = [];
  let waiting: { at: number; resolve: () => void }[] = [];
  let stepsDone = 0;
  let tokensRead = 0;
  let copies = 0;
  let openSamplers = 0;
  let failsNext = false;

  function draw(cache: readonly number[]): number {
    const prompt = cache.filter((token) => token >= 97);
    const answered = cache.length - prompt.length;
    const next = prompt[answered];
    return next === undefined ? END : next - 32;
  }

  return {
    limits: { sequences, contextTokens, stepTokensMax: 16, tokenBytesMax: 4 },
    preamble: [],
    tokensOf: (prompt) => [
      ...Buffer.from(
        prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join(''),
      ),
    ],
    isToken: (token) => token >= 0 && token < 256,
    isEnd: (token) => token === END,
    textOf: (tokens) => Buffer.from(tokens).toString('utf8'),
    bytesOf: (token) => Uint8Array.of(token),
    openSampler({ seed }): EngineSampler {
      seeds.push(seed);
      openSamplers++;
      return { close: () => openSamplers-- };
    },
    async step(parts) {
      partsPerStep.push(parts.length);
      adaptersPerStep.push(parts.map(({ adapter }) => adapter));
      await new Promise((resolve) => setImmediate(resolve));
      stepsDone++;
      waiting = waiting.filter(({ at, resolve }) => at > stepsDone || resolve());
      if (failsNext) {
        failsNext = false;
        throw new Error('No memory for the batch.');
      }
      return parts.map(({ sequence, adapter, position, tokens, sampler }) => {
        const cache = caches[sequence] as number[];
        if (position > 0 && adapters[sequence] !== adapter) throw new Error('Read with another adapter.');
        adapters[sequence] = adapter;
        if (cache.length !== position) throw new Error(`The cache has ${cache.length}, not ${position}.`);
        cache.push(...tokens);
        tokensRead += tokens.length;
        return sampler ? { token: draw(cache), logprobs: null } : null;
      });
    },
    forget(sequence, position) {
      (caches[sequence] as number[]).length = Math.min(position, (caches[sequence] as number[]).length);
    },
    async copy(from, to) {
      copies++;
      caches[to] = [...(caches[from] as number[])];
      adapters[to] = adapters[from] as string | null;
    },
    steps: (count) =>
      new Promise((resolve) => {
        waiting.push({ at: stepsDone + count, resolve });
      }),
    failNextStep() {
      failsNext = true;
    },
    partsPerStep,
    adaptersPerStep,
    seeds,
    get stepsDone() {
      return stepsDone;
    },
    get tokensRead() {
      return tokensRead;
    },
    get copies() {
      return copies;
    },
    get openSamplers() {
      return openSamplers;
    },
  };
}
