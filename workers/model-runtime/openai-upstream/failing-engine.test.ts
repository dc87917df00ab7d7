import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { ModelRuntimeError } from '../model-runtime.ts';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { type EngineAnswerer, sendJson } from '../remote-engine/testing/engine-server.ts';
import { GenerationQueueFullError, GenerationRefusedError } from '../text-generator.ts';
import { beginEvents, recorded, recordedLlamaServer, sendEvents } from './testing/recorded-llama-server.ts';
import { input, key, logged, opened, serve, served, write } from './testing/upstream-under-test.ts';

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
    ['a proxy that waited too long', 1, (_, response) => sendJson(response, 504, {})],
    ['a page', 1, (_, response) => void response.writeHead(200).end('<html>Say hi.')],
    ['a redirect', 1, (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['nothing', 1, () => {}],
    // The kept connection, then one of its own.
    ['a closed connection', 2, (_, response) => void response.destroy()],
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
    // Who quotes the caller says nothing of the length.
    [
      400,
      { error: { message: "Say: This model's maximum context length is 1" } },
      new GenerationRefusedError({ refused: 'by_engine' }),
    ],
    [
      422,
      { detail: [{ msg: 'No.', input: 'max_new_tokens, context_length_exceeded' }] },
      new GenerationRefusedError({ refused: 'by_engine' }),
    ],
  ])('with status %d is told for what it is', async (status, body, expected) => {
    const { generator } = await served((_, response) => sendJson(response, status, body));
    const { events, error } = await write(generator);
    expect(events).toEqual([]);
    expect(error).toEqual(expected);
  });

  const every = (response: ServerResponse, ms: number, text: string) => {
    const timer = setInterval(() => response.write(text), ms);
    response.once('close', () => clearInterval(timer));
  };
  const nothingTold = 'data: {"choices":[{"index":0,"delta":{"content":""}}]}\n\n';

  it.each([
    ['comments', ': ping\n\n'],
    ['empty pieces', nothingTold],
  ])('by saying nothing but %s for ever is as silent as any, and its slot is free again', async (_, ping) => {
    let asked = 0;
    const { server, generator } = await served(
      (seen, response) => {
        if (asked++ > 0) return recordedLlamaServer(() => false)(seen, response);
        beginEvents(response, first);
        every(response, 50, ping);
      },
      { sequences: 1, laneSequencesMax: 1 },
    );
    const { text, error } = await write(generator);
    expect(text).toMatch(/^Hello!/);
    expect(error).toMatchObject({ failure: 'silent' });
    expect((await write(generator)).error).toBeNull();
    await vi.waitFor(() => expect(server.left).toBe(1), { timeout: 10_000 });
  });

  it('but thinks aloud is not silent', async () => {
    const thought = 'data: {"choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}]}\n\n';
    const { generator } = await served((_, response) => {
      beginEvents(response, first);
      const timer = setInterval(() => response.write(thought), 50);
      setTimeout(() => {
        clearInterval(timer);
        for (const event of recorded.runningChat.slice(first.length)) response.write(event);
        response.end();
      }, 1_500);
    });
    const { finished, error } = await write(generator);
    expect(error).toBeNull();
    expect(finished).toMatchObject([{ outputTokens: 12 }]);
  });

  it('only after its end has answered all the same, if it told its tokens', async () => {
    const whole = recorded.runningChat.filter((event) => !event.includes('[DONE]'));
    const { generator } = await served((_, response) => {
      beginEvents(response, whole);
      every(response, 50, ': ping\n\n');
    });
    const { finished, error } = await write(generator);
    expect(error).toBeNull();
    expect(finished).toMatchObject([{ reason: 'length', outputTokens: 12 }]);
  });

  it('and never ends a refusal is not waited for', async () => {
    const { generator } = await served((_, response) => {
      response.writeHead(400).write('{');
      every(response, 50, ' ');
    });
    expect((await write(generator)).error).toMatchObject({ failure: 'silent' });
  });

  it.each([
    [429, { error: { message: 'Slow down.' } }],
    [400, recorded.tooLong],
  ])('with status %d for a later choice fails, since the first was told', async (status, body) => {
    const { generator } = await served((seen, response) =>
      seen.body.seed === 1
        ? recordedLlamaServer(() => false)(seen, response)
        : sendJson(response, status, body),
    );
    const { started, error } = await write(generator, input({ choices: 2 }));
    expect(started).toMatchObject({ kind: 'started' });
    expect(error).toBeInstanceOf(RemoteEngineError);
    expect(error).toMatchObject({ failure: 'status', status });
  });

  it('that comes back with other abilities is known by those', async () => {
    const { server, generator } = await served(recordedLlamaServer(() => false));
    await server.close();
    opened.splice(opened.indexOf(server), 1);
    await write(generator);
    const { data, ...models } = recorded.models;
    const smaller = { ...models, data: [{ ...data[0], meta: { ...data[0].meta, n_ctx: 512 } }] };
    await serve(
      recordedLlamaServer(({ path }, response) => {
        if (path === '/v1/models') sendJson(response, 200, smaller);
        else if (path === '/v1/completions') sendJson(response, 404, {});
        else return false;
        return true;
      }),
      Number(new URL(server.url).port),
    );
    await vi.waitFor(async () => expect((await write(generator)).error).toBeNull(), { timeout: 5_000 });
    expect(generator.limits.contextTokens).toBe(512);
    const { error } = await write(generator, input({ prompt: { kind: 'text', text: 'Once' } }));
    expect(error).toEqual(new GenerationRefusedError({ refused: 'unsupported', field: 'prompt' }));
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
