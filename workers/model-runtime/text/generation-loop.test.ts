import { describe, expect, it } from 'vitest';
import type { GenerationInput, Prompt } from '../text-generator.ts';
import { createGenerationLoop } from './generation-loop.ts';
import { type LetterEngineOptions, letterEngine } from './testing/letter-engine.ts';
import { TemplateRefusedError } from './text-engine.ts';

const sampling = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: 5,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
} as const;

const input = (text: string, given: Partial<GenerationInput> = {}): GenerationInput => ({
  prompt: { kind: 'text', text },
  truncate: false,
  outputTokensMax: 100,
  choices: 1,
  sampling,
  stop: [],
  logprobs: null,
  format: { kind: 'text' },
  ...given,
});

function loopOf(options: Partial<LetterEngineOptions & { laneSequencesMax: number }> = {}) {
  const engine = letterEngine(options);
  const told: string[] = [];
  const ends = new Map<number, () => void>();
  const end = (id: number, what: string) => {
    told.push(`${id} ${what}`);
    ends.get(id)?.();
  };
  const loop = createGenerationLoop({
    engine,
    laneSequencesMax: options.laneSequencesMax ?? 8,
    keepMs: 60_000,
    promptTokensMax: 4,
    listener: {
      event(id, event) {
        if (event.kind === 'text') told.push(`${id}.${event.choice} ${event.text}`);
        else if (event.kind === 'started')
          told.push(`${id} started ${event.inputTokens} ${event.cachedTokens}`);
        else told.push(`${id}.${event.choice} ${event.reason} ${event.outputTokens}`);
      },
      refused: (id, refusal) => end(id, `refused ${refusal.refused}`),
      failed: (id) => end(id, 'failed'),
      ended: (id) => end(id, 'ended'),
    },
  });
  let lastId = 0;
  return {
    engine,
    told,
    loop,
    start(given: GenerationInput, lane = 'a', adapter: string | null = null) {
      const id = ++lastId;
      const ended = new Promise<void>((resolve) => ends.set(id, resolve));
      loop.start({ id, lane, adapter, input: given, grammar: null });
      return { id, ended };
    },
    textOf: (id: number, choice = 0) =>
      told
        .filter((line) => line.startsWith(`${id}.${choice} `) && !/ (stop|length|cancelled) \d+$/.test(line))
        .map((line) => line.slice(`${id}.${choice} `.length))
        .join(''),
  };
}

describe('the loop that writes', () => {
  it('tells what a request costs, its text token by token, and how it ended', async () => {
    const { start, told } = loopOf();
    await start(input('abc')).ended;
    expect(told).toEqual(['1 started 3 0', '1.0 A', '1.0 B', '1.0 C', '1.0 stop 3', '1 ended']);
  });

  it('lets requests join between two steps, and leave when they are through', async () => {
    const { start, told, engine } = loopOf();
    const long = start(input('abcdefghij'));
    await engine.steps(4);
    const short = start(input('xy'));
    await short.ended;
    expect(told.indexOf('2 ended')).toBeLessThan(told.indexOf('1 ended') >>> 0);
    await long.ended;
    expect(engine.partsPerStep.some((parts) => parts === 2)).toBe(true);
  });

  it('ends at the most tokens, and at the end of the context', async () => {
    const { start, told } = loopOf({ contextTokens: 6 });
    await start(input('abcd', { outputTokensMax: 1 })).ended;
    await start(input('abcd')).ended;
    expect(told).toContain('1.0 length 1');
    expect(told).toContain('2.0 length 2');
  });

  it('ends before a stop sequence', async () => {
    const { start, textOf, told } = loopOf();
    await start(input('abcdef', { stop: ['DE'] })).ended;
    expect(textOf(1)).toBe('ABC');
    expect(told).toContain('1.0 stop 5');
  });

  it('draws each choice with a seed of its own, from a prompt that is read once', async () => {
    const { start, engine, told } = loopOf();
    await start(input('abcdefghijklmnopqrst', { choices: 3, outputTokensMax: 2 })).ended;
    expect(engine.seeds).toEqual([5, 6, 7]);
    expect(engine.copies).toBe(2);
    expect(told.filter((line) => line.includes('started'))).toEqual(['1 started 20 0']);
    expect(told.filter((line) => line.endsWith('length 2'))).toHaveLength(3);
  });

  it('refuses what does not fit into the context, with the numbers', async () => {
    const { start, told } = loopOf({ contextTokens: 4 });
    await start(input('abcd')).ended;
    expect(told).toEqual(['1 refused input_too_long']);
  });

  it('refuses what the chat template does, as the fault of who asks', async () => {
    const { start, told, engine } = loopOf();
    const { tokensOf } = engine;
    Object.assign(engine, {
      tokensOf(prompt: Prompt) {
        if (prompt.kind === 'chat') throw new TemplateRefusedError('No system message.');
        return tokensOf(prompt);
      },
    });
    const messages = [{ role: 'system', content: 'Be brief.' }] as const;
    for (const truncate of [false, true]) {
      await start(input('', { prompt: { kind: 'chat', messages }, truncate })).ended;
    }
    expect(told).toEqual(['1 refused template', '2 refused template']);
    await start(input('xy')).ended;
    expect(told.at(-1)).toBe('3 ended');
  });

  it('cuts the oldest of a prompt where that is asked for', async () => {
    const { start, textOf } = loopOf({ contextTokens: 8 });
    await start(input('abcdefghij', { truncate: true, outputTokensMax: 3 })).ended;
    expect(textOf(1)).toBe('FGH');
  });

  it('stops at once what is cancelled, and says what was made', async () => {
    const { start, loop, told, engine } = loopOf();
    const { id, ended } = start(input('abcdefghij'));
    await engine.steps(5);
    const before = told.filter((line) => /^1\.0 [A-Z]$/.test(line)).length;
    loop.cancel(id);
    await ended;
    expect(told.slice(-2)).toEqual([`1.0 cancelled ${before}`, '1 ended']);
    await start(input('xy')).ended;
    expect(told.at(-1)).toBe('2 ended');
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.openSamplers).toBe(0);
  });

  it('drops what is cancelled while it waits, without a word but that it ended', async () => {
    const { start, loop, told } = loopOf({ sequences: 1 });
    const first = start(input('abcdef'));
    const second = start(input('xyz'));
    loop.cancel(second.id);
    await Promise.all([first.ended, second.ended]);
    expect(told.filter((line) => line.startsWith('2'))).toEqual(['2 ended']);
  });

  it('keeps room for others: a lane never has more sequences than it may', async () => {
    const { start, engine } = loopOf({ sequences: 4, laneSequencesMax: 3 });
    const flood = Array.from({ length: 10 }, () => start(input('abcdefgh'), 'a'));
    await engine.steps(3);
    const other = start(input('xy'), 'b');
    await other.ended;
    expect(engine.stepsDone).toBeLessThan(12);
    await Promise.all(flood.map(({ ended }) => ended));
  });

  it('is fair: beside 64 requests of another lane, one does not wait for more than twice its own work', async () => {
    const { start, engine, told } = loopOf({ sequences: 10 });
    const flood = Array.from({ length: 64 }, () => start(input('abcdefghijklmnopqrstuvwxyz'), 'a'));
    await engine.steps(20);
    const from = engine.tokensRead;
    await start(input('abcdefghij'), 'b').ended;
    // 10 of the prompt and 10 of the answer; what was under way when it came counts for the flood.
    expect(engine.tokensRead - from).toBeLessThan(3 * 20 + 16);
    await Promise.all(flood.map(({ ended }) => ended));
    expect(told.filter((line) => line.endsWith('ended'))).toHaveLength(65);
  });

  it('is fair to short prompts too: beside eight long ones of another lane, one is read at once', async () => {
    const { start, engine } = loopOf({ sequences: 10 });
    const flood = Array.from({ length: 8 }, () => start(input('a'.repeat(200), { outputTokensMax: 1 }), 'a'));
    await engine.steps(2);
    const from = engine.tokensRead;
    await start(input('abcdefghij', { outputTokensMax: 1 }), 'b').ended;
    expect(engine.tokensRead - from).toBeLessThan(3 * 10 + 16);
    await Promise.all(flood.map(({ ended }) => ended));
  });

  it('writes with the adapters that are asked for in the same steps, and shares no cache between them', async () => {
    const { start, engine, textOf, told } = loopOf();
    const all = [null, 'one', 'other', 'one'].map(
      (adapter) => start(input('abcdefghijklmnopqrst', { outputTokensMax: 5 }), 'a', adapter).ended,
    );
    await Promise.all(all);
    expect(engine.adaptersPerStep).toContainEqual([null, 'one', 'other', 'one']);
    for (const id of [1, 2, 3, 4]) expect(textOf(id)).toBe('ABCDE');
    await start(input('abcdefghijklmnopqrst', { outputTokensMax: 1 }), 'a', 'third').ended;
    expect(told.filter((line) => line.includes('started')).at(-1)).toBe('5 started 20 0');
    await start(input('abcdefghijklmnopqrst', { outputTokensMax: 1 }), 'a', 'other').ended;
    expect(told.filter((line) => line.includes('started')).at(-1)).toBe('6 started 20 19');
  });

  it('fails what was in the step that failed, and goes on with the next request', async () => {
    const { start, told, engine } = loopOf();
    engine.failNextStep();
    await start(input('abc')).ended;
    await start(input('xyz')).ended;
    expect(told).toContain('1 failed');
    expect(told.at(-1)).toBe('2 ended');
  });

  it('leaves no sampler open and no sequence taken', async () => {
    const { start, engine, told } = loopOf({ sequences: 2 });
    for (let round = 0; round < 5; round++) {
      const all = ['abcdef', 'uvw', 'xyzabcd'].map((text) => start(input(text)).ended);
      await Promise.all(all);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.openSamplers).toBe(0);
    expect(told.filter((line) => line.endsWith('ended'))).toHaveLength(15);
  });
});
