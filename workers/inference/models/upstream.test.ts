import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { loadTextGenerator } from '#workers/model-runtime/llama-cpp/load-text-generator.ts';
import { loadUpstreamGenerator } from '#workers/model-runtime/openai-upstream/load-upstream-generator.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';
import { textProcessEntry } from './compute-thread-entry.ts';

/**
 * A gateway with the shipped model behind it is the engine of another one: an OpenAI-compatible server like any other, of
 * which the test also sees the ledger.
 */
let database: TestDatabase;
let model: TextGenerator;
let engineServer: Server;
let engineWorkspaceId: string;
let engineKey: string;
let upstream: TextGenerator;
let door: GatewayUnderTest;
let engine: GatewayUnderTest;
let workspaceId: string;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  engineWorkspaceId = (await createWorkspace(database.prisma)).id;
  engineKey = (await createApiKey(database.prisma, { workspaceId: engineWorkspaceId })).key;
  model = await loadTextGenerator({
    folder: 'workers/models/text-generation',
    id: 'text-1',
    threads: 1,
    entry: textProcessEntry(),
  });
  engine = gatewayUnderTest(database, { generatorRuntime: model });
  engineServer = serve({ fetch: engine.gateway.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await eventually(() => expect(engineServer.address()).not.toBeNull());
  upstream = loadUpstreamGenerator({
    url: `http://127.0.0.1:${(engineServer.address() as AddressInfo).port}/v1`,
    apiKey: engineKey,
    engine: 'compatible',
    model: 'text-1',
    id: 'text-1',
    contextTokens: 128,
    sequences: 4,
    laneSequencesMax: 4,
  });
  await upstream.ready();
  door = gatewayUnderTest(database, { generatorRuntime: upstream });
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(async () => {
  await upstream.close();
  engineServer.closeAllConnections();
  engineServer.close();
  await model.close();
  await database.drop();
});

const messages = [{ role: 'user', content: 'Write one sentence about the sea.' }];
const ask = (gateway: GatewayUnderTest, path: string, body: object, by = key, signal?: AbortSignal) =>
  call(gateway, { key: by, path, body, ...(signal ? { signal } : {}) });
const rowsOf = (of: string) => database.prisma.usageRecord.findMany({ where: { workspaceId: of } });
const chat = { messages, max_tokens: 12, seed: 7, temperature: 0.8 };

describe('a text model of an OpenAI-compatible engine, behind our paths', () => {
  it('says what the engine says, and bills the tokens that it counted', async () => {
    const own = await ask(engine, '/v1/chat/completions', chat, engineKey);
    const behind = await ask(door, '/v1/chat/completions', chat);
    expect(behind.status).toBe(200);
    expect(behind.json.choices).toEqual(own.json.choices);
    const { prompt_tokens: input, completion_tokens: output } = behind.json.usage;
    expect([input, output]).toEqual([own.json.usage.prompt_tokens, own.json.usage.completion_tokens]);
    expect(await rowsOf(workspaceId)).toMatchObject([
      {
        statusClass: 2,
        inputUnits: BigInt(input),
        outputUnits: BigInt(output),
        modelVersion: upstream.model.version,
      },
    ]);
  });

  it('streams, with usage at the end, as OpenAI’s clients read it', async () => {
    const given = { ...chat, stream: true, stream_options: { include_usage: true } };
    const { status, text } = await ask(door, '/v1/chat/completions', given);
    expect(status).toBe(200);
    const events = parseEvents(text);
    expect(events.at(-1)?.data).toBe('[DONE]');
    const written = events.map(({ json }) => json?.choices[0]?.delta.content ?? '').join('');
    const whole = await ask(engine, '/v1/chat/completions', chat, engineKey);
    expect(written).toBe(whole.json.choices[0].message.content);
    expect(events.at(-2)?.json.usage).toMatchObject({
      prompt_tokens: whole.json.usage.prompt_tokens,
      completion_tokens: whole.json.usage.completion_tokens,
    });
    const books = await readBooks(database.pool, workspaceId);
    expect(books).toMatchObject({ ledger: 1, holds: 0, spent: events.at(-2)?.json.usage.total_tokens });
  });

  it('goes on with a text, stops before a sequence, and tells log probabilities', async () => {
    const given = { prompt: 'Once upon a time', max_tokens: 16, temperature: 0, stop: [' a'], logprobs: 2 };
    const [own, behind] = [
      await ask(engine, '/v1/text/generate', given, engineKey),
      await ask(door, '/v1/text/generate', given),
    ];
    expect(behind.status).toBe(200);
    expect(behind.json.data[0]).toMatchObject({
      text: own.json.data[0].text,
      finish_reason: own.json.data[0].finish_reason,
    });
    const tokens = behind.json.data[0].logprobs;
    expect(tokens[0].token).toBe(own.json.data[0].logprobs[0].token);
    expect(tokens[0].logprob).toBeCloseTo(own.json.data[0].logprobs[0].logprob, 3);
    expect(tokens[0].alternatives).toHaveLength(2);
  });

  it('writes several answers, each of its own seed, to a prompt that is billed once', async () => {
    const own = await ask(engine, '/v1/chat/completions', { ...chat, n: 2 }, engineKey);
    const behind = await ask(door, '/v1/chat/completions', { ...chat, n: 2 });
    expect(behind.json.choices).toEqual(own.json.choices);
    expect(behind.json.usage.prompt_tokens).toBe(own.json.usage.prompt_tokens);
  });

  it('holds an answer to a schema', async () => {
    const schema = {
      type: 'object',
      properties: { sea: { enum: ['blue', 'green'] } },
      required: ['sea'],
      additionalProperties: false,
    };
    const { status, json } = await ask(door, '/v1/chat/completions', {
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'sea', schema } },
    });
    expect(status).toBe(200);
    expect(['blue', 'green']).toContain(JSON.parse(json.choices[0].message.content).sea);
  });

  it('serves text-generation-inference’s clients too, whose tokens have no numbers then', async () => {
    const { status, text } = await ask(door, '/generate_stream', {
      inputs: 'Once upon a time',
      parameters: { max_new_tokens: 4 },
    });
    expect(status).toBe(200);
    const events = parseEvents(text);
    expect(events).toHaveLength(4);
    expect(events[0]?.json.token).toMatchObject({ id: null, logprob: expect.any(Number) });
    expect(events.at(-1)?.json.details).toMatchObject({ generated_tokens: 4, finish_reason: 'length' });
  });

  it.each([
    ['/v1/text/generate', { prompt: 'x', top_k: 4 }, 'top_k'],
    ['/v1/text/generate', { prompt: 'x', truncate: true }, 'truncate'],
    ['/v1/chat/completions', { messages, min_p: 0.1 }, 'min_p'],
    ['/v1/completions', { prompt: 'x', response_format: { type: 'json_object' } }, 'response_format'],
  ])('%s refuses %j, which the engine may not heed, and bills nothing', async (path, body, param) => {
    const { status, json } = await ask(door, path, body);
    expect({ status, code: json.error.code, param: json.error.param }).toEqual({
      status: 400,
      code: 'invalid_request',
      param,
    });
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0, holds: 0 });
  });

  it('refuses a prompt that leaves no room, with the engine’s count', async () => {
    const { status, json } = await ask(door, '/v1/text/generate', { prompt: 'word '.repeat(160) });
    expect(status).toBe(422);
    expect(json.error).toMatchObject({ code: 'input_too_long', param: 'prompt' });
    expect(json.error.message).toMatch(/has 16\d tokens; with an answer, the model has room for 128/);
  });

  it('ends the work at the engine when the caller hangs up; both ledgers have what was made', async () => {
    const before = (await rowsOf(engineWorkspaceId)).length;
    const leaving = new AbortController();
    const request = new Request('http://api.example.com/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...chat, max_tokens: 900, stream: true }),
      signal: leaving.signal,
    });
    const response = await door.gateway.fetch(request);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (let read = 0; read < 4; read++) await reader.read();
    leaving.abort();
    await reader.cancel();
    await eventually(async () => expect(await rowsOf(workspaceId)).toHaveLength(1));
    const made = Number((await rowsOf(workspaceId))[0]?.outputUnits);
    expect(made).toBeGreaterThanOrEqual(3);
    expect(made).toBeLessThan(100);
    // The prompt's count, and the text.
    await eventually(async () => expect(await rowsOf(engineWorkspaceId)).toHaveLength(before + 2));
    const rows = (await rowsOf(engineWorkspaceId)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const atEngine = Number(rows.at(-1)?.outputUnits);
    expect(atEngine).toBeGreaterThanOrEqual(made);
    expect(atEngine).toBeLessThan(made + 100);
  });
});
