import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { ModelRuntimeError } from '../model-runtime.ts';
import { sendJson, startEngineServer } from '../remote-engine/testing/engine-server.ts';
import { type GenerationInput, GenerationRefusedError } from '../text-generator.ts';
import { beginEvents, recorded, recordedLlamaServer, sendEvents } from './testing/recorded-llama-server.ts';
import { input, key, load, logged, serve, served, write } from './testing/upstream-under-test.ts';

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
    await vi.waitFor(() => expect(server.left).toBe(1), { timeout: 10_000 });
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
    await vi.waitFor(() => expect(server.left).toBe(3), { timeout: 10_000 });
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
    await vi.waitFor(() => expect(server.left).toBe(1), { timeout: 10_000 });
  });
});

describe('a generator that is closed', () => {
  it('ends what the engine goes on with after a while, where it is', async () => {
    const { server, generator } = await served(
      (_, response) => beginEvents(response, recorded.runningChat.slice(0, 6)),
      { closeMs: 100, times: { connectMs: 1_000, answerMs: 20_000, silenceMs: 20_000 } },
    );
    let closed: Promise<void> | undefined;
    const { finished, error } = await write(generator, input(), undefined, () => {
      closed ??= generator.close();
    });
    await closed;
    expect(error).toBeNull();
    expect(finished).toMatchObject([{ reason: 'cancelled' }]);
    expect((await write(generator)).error).toBeInstanceOf(ModelRuntimeError);
    await vi.waitFor(() => expect(server.left).toBe(1), { timeout: 10_000 });
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
