import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import type { UpstreamEngine } from '#workers/model-runtime/openai-upstream/dialects.ts';
import { loadUpstreamGenerator } from '#workers/model-runtime/openai-upstream/load-upstream-generator.ts';
import {
  beginEvents,
  recorded,
  recordedLlamaServer,
  sendEvents,
} from '#workers/model-runtime/openai-upstream/testing/recorded-llama-server.ts';
import {
  type EngineServer,
  startEngineServer,
} from '#workers/model-runtime/remote-engine/testing/engine-server.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

let database: TestDatabase;
let workspaceId: string;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const messages = [{ role: 'user', content: 'Write one sentence about the sea.' }];
const ask = (gateway: GatewayUnderTest, body: object) =>
  call(gateway, { key, path: '/v1/chat/completions', body });
const rowsOf = (of: string) => database.prisma.usageRecord.findMany({ where: { workspaceId: of } });

describe('an engine that fails behind our paths', () => {
  async function behind(
    answer: Parameters<typeof recordedLlamaServer>[0],
    engine: UpstreamEngine = 'llama-cpp',
  ) {
    let isReady = false;
    const server: EngineServer = await startEngineServer(
      recordedLlamaServer((seen, response) => isReady && answer(seen, response)),
    );
    const generator = loadUpstreamGenerator({
      url: `${server.url}/v1`,
      apiKey: null,
      engine,
      model: 'smollm2',
      id: 'text-1',
      contextTokens: 1_024,
      sequences: 2,
      laneSequencesMax: 2,
      times: { connectMs: 1_000, answerMs: 1_000, silenceMs: 1_000 },
    });
    await generator.ready();
    isReady = true;
    const gateway = gatewayUnderTest(database, { generatorRuntime: generator });
    return { gateway, close: () => Promise.all([generator.close(), server.close()]) };
  }
  const stream = { messages, stream: true };

  it('in the middle of a stream: an error event, and nothing is billed', async () => {
    const { gateway, close } = await behind((_, response) => {
      beginEvents(response, recorded.runningChat.slice(0, 5));
      setTimeout(() => response.destroy(), 50);
      return true;
    });
    const { status, text } = await ask(gateway, stream);
    expect(status).toBe(200);
    const events = parseEvents(text);
    expect(events.map(({ json }) => json?.choices?.[0]?.delta.content ?? '').join('')).toMatch(/^Hello!/);
    expect(events.find(({ json }) => json?.error)?.json.error).toMatchObject({ code: 'model_unavailable' });
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(await rowsOf(workspaceId)).toMatchObject([{ statusClass: 5, inputUnits: 0n, outputUnits: 0n }]);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0, holds: 0 });
    await close();
  });

  it('before its first token: 503 in our words, and nothing is billed', async () => {
    const { gateway, close } = await behind((_, response) => {
      response.writeHead(500).end('The secret of the sea');
      return true;
    });
    const { status, text, json } = await ask(gateway, stream);
    expect(status).toBe(503);
    expect(json.error.code).toBe('model_unavailable');
    expect(text + JSON.stringify(gateway.logged)).not.toContain('sea');
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 0, holds: 0 });
    await close();
  });

  it('that refuses the request: 400 in our words', async () => {
    const { gateway, close } = await behind((_, response) => {
      response.writeHead(400).end('The secret of the sea');
      return true;
    });
    const { status, text, json } = await ask(gateway, stream);
    expect([status, json.error.code]).toEqual([400, 'invalid_request']);
    expect(text + JSON.stringify(gateway.logged)).not.toContain('secret');
    await close();
  });

  it.each([
    [false, 12],
    [false, 40],
    [true, 40],
  ])(
    'that makes several pieces of a token is billed what it counts (streamed: %s, max_tokens %d)',
    async (isStream, max) => {
      const contentOf = (event: string): string =>
        event.startsWith('data: {') ? (JSON.parse(event.slice(6)).choices[0]?.delta?.content ?? '') : '';
      const letters = recorded.chat.flatMap((event) =>
        contentOf(event) === ''
          ? [event]
          : [...contentOf(event)].map(
              (content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`,
            ),
      );
      const whole = recorded.chat.map(contentOf).join('');
      expect(whole.length).toBeGreaterThan(40);
      const { gateway, close } = await behind(({ path, body }, response) => {
        if (path !== '/v1/chat/completions' || !body.stream) return false;
        sendEvents(response, letters);
        return true;
      }, 'compatible');
      const given = { messages, max_tokens: max, ...(isStream ? { stream: true } : {}) };
      const { status, text, json } = await ask(gateway, {
        ...given,
        ...(isStream ? { stream_options: { include_usage: true } } : {}),
      });
      expect(status).toBe(200);
      const events = isStream ? parseEvents(text) : [];
      const written = isStream
        ? events.map((event) => event.json?.choices[0]?.delta.content ?? '').join('')
        : json.choices[0].message.content;
      expect(written).toBe(whole);
      const told = isStream ? events.at(-2)?.json : json;
      expect(told?.usage).toMatchObject({ prompt_tokens: 33, completion_tokens: 12 });
      expect(await rowsOf(workspaceId)).toMatchObject([{ inputUnits: 33n, outputUnits: 12n }]);
      expect(await readBooks(database.pool, workspaceId)).toMatchObject({ spent: 45, holds: 0 });
      await close();
    },
  );

  it('that writes more than it was asked for is cut off, and billed no more than that', async () => {
    const { gateway, close } = await behind((_, response) => {
      sendEvents(response, recorded.runningChat);
      return true;
    });
    const { status, json } = await ask(gateway, { messages, max_tokens: 3 });
    expect(status).toBe(200);
    expect(json.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'Hello! I' } });
    expect(json.usage.completion_tokens).toBe(3);
    await close();
  });
});
