import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ModelRuntimeError } from '../model-runtime.ts';
import {
  type EngineAnswerer,
  type EngineServer,
  sendJson,
  startEngineServer,
} from '../remote-engine/testing/engine-server.ts';
import {
  type GenerationEvent,
  type GenerationInput,
  GenerationQueueFullError,
  GenerationRefusedError,
  type TextGenerator,
} from '../text-generator.ts';
import { loadUpstreamGenerator, type UpstreamGeneratorOptions } from './load-upstream-generator.ts';
import { beginEvents, recorded, recordedLlamaServer, sendEvents } from './testing/recorded-llama-server.ts';

const key = 'upstream-key-0123456789';
const logged: string[] = [];
const log = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
const logger = { info: log, warn: log, error: log };
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
  logged.length = 0;
});

async function serve(answer: EngineAnswerer, port?: number): Promise<EngineServer> {
  const server = await startEngineServer(answer, port);
  opened.push(server);
  return server;
}

function load(url: string, over: Partial<UpstreamGeneratorOptions> = {}): TextGenerator {
  const generator = loadUpstreamGenerator({
    url: `${url}/v1`,
    apiKey: key,
    engine: 'llama-cpp',
    model: 'smollm2',
    id: 'text-1',
    contextTokens: 2_048,
    sequences: 4,
    laneSequencesMax: 3,
    logger,
    times: { connectMs: 1_000, answerMs: 1_000, silenceMs: 1_000 },
    startWaitMs: 20,
    ...over,
  });
  opened.push(generator);
  return generator;
}

/** Once it is ready, what `instead` answers is put in the recorded answers' place. */
async function served(instead: EngineAnswerer, over: Partial<UpstreamGeneratorOptions> = {}) {
  let isReady = false;
  const server = await serve(
    recordedLlamaServer((seen, response) => {
      if (!isReady || seen.path === '/v1/models') return false;
      void instead(seen, response);
      return true;
    }),
  );
  const generator = load(server.url, over);
  await generator.ready();
  isReady = true;
  const before = server.seen.length;
  return { server, generator, asked: () => server.seen.slice(before) };
}

const input = (over: Partial<GenerationInput> = {}): GenerationInput => ({
  prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Say hi.' }] },
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
  ...over,
});

async function write(
  generator: TextGenerator,
  given: GenerationInput = input(),
  signal = new AbortController().signal,
  onEvent: (event: GenerationEvent) => void = () => {},
) {
  const events: GenerationEvent[] = [];
  let error: unknown = null;
  try {
    for await (const event of generator.generate(given, { lane: 'a', signal })) {
      events.push(event);
      onEvent(event);
    }
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  return { events, text, error, started: events[0], finished: events.filter((e) => e.kind === 'finished') };
}

describe('what an engine answered', () => {
  it('is told as the gateway knows it, with the tokens that the engine counted', async () => {
    const server = await serve(recordedLlamaServer(() => false));
    const generator = load(server.url);
    await generator.ready();
    expect(generator.model).toMatchObject({
      id: 'text-1',
      version: expect.stringMatching(/^text-1@[0-9a-f]{8}$/),
    });
    expect(generator.limits.contextTokens).toBe(2_048);
    const { started, text, events, finished } = await write(generator, input({ logprobs: 1 }));
    expect(started).toEqual({ kind: 'started', inputTokens: 33, cachedTokens: 0, truncated: false });
    expect(text).toMatch(/^Hello!/);
    const tokens = events.flatMap((event) => (event.kind === 'text' ? (event.logprobs ?? []) : []));
    expect(tokens[0]).toMatchObject({ id: 19_556, token: 'Hello', bytes: [72, 101, 108, 108, 111] });
    expect(tokens[0]?.alternatives).toHaveLength(1);
    const counted = events.reduce((sum, event) => sum + (event.kind === 'text' ? event.tokens : 0), 0);
    expect(counted).toBe(12);
    expect(finished).toEqual([{ kind: 'finished', choice: 0, reason: 'length', outputTokens: 12 }]);
    expect(server.seen.at(-1)).toMatchObject({
      authorization: `Bearer ${key}`,
      path: '/v1/chat/completions',
    });
  });

  it('is asked for the tokens of the prompt first where it tells them at the end alone', async () => {
    const { generator, asked } = await served(
      recordedLlamaServer(() => false),
      { engine: 'compatible' },
    );
    const { started, finished } = await write(generator);
    expect(started).toMatchObject({ inputTokens: 33, cachedTokens: 32 });
    expect(finished).toMatchObject([{ outputTokens: 12 }]);
    expect(asked().map(({ body }) => [body.stream, body.max_tokens])).toEqual([
      [false, 1],
      [true, 12],
    ]);
  });

  it('is held to the stop sequences, whatever the engine does about them', async () => {
    const { generator } = await served(recordedLlamaServer(() => false));
    const { text, finished } = await write(generator, input({ stop: ['! '] }));
    expect(text).toBe('Hello');
    expect(finished).toMatchObject([{ reason: 'stop' }]);
  });

  it('has a stream of its own for each choice, with a seed of its own', async () => {
    const { generator, asked } = await served(recordedLlamaServer(() => false));
    const { finished } = await write(generator, input({ choices: 3 }));
    expect(finished.map((event) => event.kind === 'finished' && event.choice).toSorted()).toEqual([0, 1, 2]);
    expect(asked().map(({ body }) => body.seed)).toEqual([1, 2, 3]);
  });

  it('is asked again with less where an answer could have become too long', async () => {
    const { generator, asked } = await served((seen, response) => {
      if (seen.body.stream && seen.body.max_tokens > 2_048 - 33)
        return sendJson(response, 400, recorded.tooLong);
      return recordedLlamaServer(() => false)(seen, response);
    });
    const { finished, error } = await write(generator, input({ outputTokensMax: 4_000 }));
    expect(error).toBeNull();
    expect(finished).toHaveLength(1);
    expect(asked().map(({ body }) => body.max_tokens)).toEqual([2_047, 1, 2_015]);
  });
});

describe('an engine that fails', () => {
  const first = recorded.runningChat.slice(0, 4);

  it.each<[string, EngineAnswerer]>([
    [
      'dies in the middle',
      (_, response) => (beginEvents(response, first), void setTimeout(() => response.destroy(), 50)),
    ],
    ['ends in the middle', (_, response) => sendEvents(response, first)],
    ['says nothing more', (_, response) => beginEvents(response, first)],
    [
      'says that it failed, in the stream',
      (_, response) => sendEvents(response, [...first, 'data: {"error":{"message":"Say hi."}}\n\n']),
    ],
    ['sends what is no JSON', (_, response) => sendEvents(response, [...first, 'data: {"choi\n\n'])],
    ['sends what is no answer', (_, response) => sendEvents(response, [...first, 'data: {"choices":7}\n\n'])],
    [
      'never ends a line',
      (_, response) => sendEvents(response, [...first, `data: "${'x'.repeat(2 * 1024 * 1024)}`]),
    ],
  ])('in its answer (%s) is told after what it wrote, in our words', async (_, answer) => {
    const { generator, asked } = await served(answer);
    const { started, text, error, finished } = await write(generator);
    expect(started).toMatchObject({ kind: 'started', inputTokens: 33 });
    expect(text).toMatch(/^Hello!/);
    expect(finished).toEqual([]);
    expect(error).toBeInstanceOf(ModelRuntimeError);
    expect(String(error)).not.toContain('Say hi.');
    expect(asked()).toHaveLength(1);
  });

  it.each<[string, number, EngineAnswerer]>([
    ['a failure', 1, (_, response) => sendJson(response, 500, { error: { message: 'Say hi.' } })],
    ['an overload', 3, (_, response) => sendJson(response, 503, {})],
    ['a page', 1, (_, response) => void response.writeHead(200).end('<html>Say hi.')],
    ['a redirect', 1, (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['nothing', 1, () => {}],
    ['a closed connection', 3, (_, response) => void response.destroy()],
  ])('before its answer (%s) is told before any event, after %d tries', async (_, tries, answer) => {
    const { generator, asked } = await served(answer);
    const { events, error } = await write(generator);
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(ModelRuntimeError);
    expect(String(error)).not.toContain('Say hi.');
    expect(asked()).toHaveLength(tries);
    expect(logged.join()).not.toContain('Say hi.');
    expect(logged.join()).not.toContain(key);
  });

  it.each([
    [
      429,
      { error: { message: 'Slow down.' } },
      new GenerationQueueFullError('The engine has too much to do.'),
    ],
    [400, recorded.tooLong, new GenerationRefusedError({ refused: 'prompt_too_long', contextTokens: 2_048 })],
    [422, { error: 'What is Say hi.?' }, new GenerationRefusedError({ refused: 'by_engine' })],
  ])('with status %d is told for what it is', async (status, body, expected) => {
    const { generator } = await served((_, response) => sendJson(response, status, body));
    const { events, error } = await write(generator);
    expect(events).toEqual([]);
    expect(error).toEqual(expected);
  });

  it('that went away is not waited for, and is used again when it is back', async () => {
    const { server, generator } = await served(recordedLlamaServer(() => false));
    await server.close();
    opened.splice(opened.indexOf(server), 1);
    expect((await write(generator)).error).toBeInstanceOf(ModelRuntimeError);
    const startedAtMs = performance.now();
    expect((await write(generator)).error).toBeInstanceOf(ModelRuntimeError);
    expect(performance.now() - startedAtMs).toBeLessThan(400);
    await serve(
      recordedLlamaServer(() => false),
      Number(new URL(server.url).port),
    );
    await vi.waitFor(async () => expect((await write(generator)).error).toBeNull(), { timeout: 5_000 });
    expect(logged.join('\n')).toContain('The engine is back.');
  });
});

describe('a caller who hangs up', () => {
  it('ends the work at the engine, and what was made is told', async () => {
    const { server, generator } = await served((_, response) =>
      beginEvents(response, recorded.runningChat.slice(0, 6)),
    );
    const leaving = new AbortController();
    let texts = 0;
    const { finished, error } = await write(generator, input(), leaving.signal, (event) => {
      if (event.kind === 'text' && ++texts === 3) leaving.abort();
    });
    expect(error).toBeNull();
    expect(finished).toMatchObject([{ reason: 'cancelled' }]);
    expect(finished[0]?.kind === 'finished' && finished[0].outputTokens).toBeGreaterThanOrEqual(3);
    await vi.waitFor(() => expect(server.left).toBe(1));
  });

  it('before anything began is told nothing, and the slot is free again', async () => {
    const { server, generator, asked } = await served(() => {}, { sequences: 1, laneSequencesMax: 1 });
    for (let time = 1; time <= 3; time++) {
      const leaving = new AbortController();
      setTimeout(() => leaving.abort(), 50);
      const { events, error } = await write(generator, input(), leaving.signal);
      expect({ events, error }).toEqual({ events: [], error: null });
      expect(asked()).toHaveLength(time);
    }
    await vi.waitFor(() => expect(server.left).toBe(3));
  });

  it('without a word stops reading: the connection is closed all the same', async () => {
    const { server, generator } = await served((_, response) =>
      beginEvents(response, recorded.runningChat.slice(0, 6)),
    );
    for await (const event of generator.generate(input(), {
      lane: 'a',
      signal: new AbortController().signal,
    })) {
      if (event.kind === 'text') break;
    }
    await vi.waitFor(() => expect(server.left).toBe(1));
  });
});

describe('at the start', () => {
  const streamOf = (events: readonly string[]) =>
    recordedLlamaServer(({ path }, response) => {
      if (path === '/v1/models') return false;
      sendEvents(response, events);
      return true;
    });

  it('an engine that tells no tokens is not served', async () => {
    const silent = recorded.chat.filter((event) => !event.includes('"usage"'));
    const server = await serve(streamOf(silent));
    await expect(load(server.url, { engine: 'compatible' }).ready()).rejects.toThrow(
      'does not tell the tokens',
    );
  });

  it('a key that is refused is said, without the key', async () => {
    const server = await serve((_, response) =>
      sendJson(response, 401, { error: { message: `bad ${key}` } }),
    );
    const generator = load(server.url);
    await expect(generator.ready()).rejects.toThrow('refuses the key (status 401)');
    expect((await write(generator)).error).toBeInstanceOf(ModelRuntimeError);
    expect(logged.join()).not.toContain(key);
  });

  it('a model that is not there is said', async () => {
    const server = await serve((_, response) => sendJson(response, 404, {}));
    await expect(load(server.url).ready()).rejects.toThrow('answers neither chats nor texts as smollm2');
  });

  it('an engine that is not up yet is waited for', async () => {
    const placeholder = await startEngineServer(() => {});
    await placeholder.close();
    const generator = load(placeholder.url);
    await sleep(100);
    expect((await write(generator)).error).toBeInstanceOf(ModelRuntimeError);
    await serve(
      recordedLlamaServer(() => false),
      Number(new URL(placeholder.url).port),
    );
    await generator.ready();
    expect((await write(generator)).error).toBeNull();
  });

  it('what it does not answer is refused by name', async () => {
    const server = await serve(
      recordedLlamaServer(({ path, body }, response) => {
        if (path === '/v1/completions') sendJson(response, 404, {});
        else if (body?.logprobs) sendJson(response, 400, {});
        else return false;
        return true;
      }),
    );
    const generator = load(server.url);
    await generator.ready();
    const refusal = async (over: Partial<GenerationInput>) => (await write(generator, input(over))).error;
    const unsupported = (field: 'prompt' | 'logprobs') =>
      new GenerationRefusedError({ refused: 'unsupported', field });
    expect(await refusal({ prompt: { kind: 'text', text: 'Once' } })).toEqual(unsupported('prompt'));
    expect(await refusal({ logprobs: 0 })).toEqual(unsupported('logprobs'));
    const bias = { ...input().sampling, logitBias: [[49_152, 1] as const] };
    expect(await refusal({ sampling: bias })).toEqual(
      new GenerationRefusedError({ refused: 'unknown_token', token: 49_152 }),
    );
  });
});
