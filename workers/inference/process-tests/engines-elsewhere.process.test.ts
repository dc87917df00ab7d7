import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { recordedMlServer } from '#workers/model-runtime/open-inference/testing/recorded-mlserver.ts';
import {
  beginEvents,
  recorded,
  recordedLlamaServer,
} from '#workers/model-runtime/openai-upstream/testing/recorded-llama-server.ts';
import {
  type EngineServer,
  sendJson,
  startEngineServer,
} from '#workers/model-runtime/remote-engine/testing/engine-server.ts';
import { readBooks } from '../testing/books.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

/** The whole gateway, told by its environment alone which engines answer. */
const engineKey = 'engine-key-0123456789';
const canary = 'Kanarienvogel';
let database: TestDatabase;
let gateway: TestProcess;
let writer: EngineServer;
let classifier: EngineServer;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  writer = await startEngineServer(
    recordedLlamaServer(({ body }, response) => {
      const said = JSON.stringify(body ?? '');
      if (said.includes('refuse')) sendJson(response, 400, { error: { message: said } });
      else if (said.includes('fail')) sendJson(response, 500, { error: { message: said } });
      else if (said.includes('die')) {
        beginEvents(response, recorded.runningChat.slice(0, 5));
        setTimeout(() => response.destroy(), 50);
      } else return false;
      return true;
    }),
  );
  classifier = await startEngineServer(recordedMlServer);
  gateway = await startInference({
    databaseUrl: database.url,
    startTimeoutMs: 60_000,
    env: {
      INFERENCE_RUNTIME: '',
      COMPUTE_THREADS: '1',
      TEXT_UPSTREAM_URL: `${writer.url}/v1`,
      TEXT_UPSTREAM_MODEL: 'smollm2',
      TEXT_UPSTREAM_ENGINE: 'llama-cpp',
      TEXT_UPSTREAM_API_KEY: engineKey,
      SENTIMENT_UPSTREAM_URL: classifier.url,
      SENTIMENT_UPSTREAM_API_KEY: engineKey,
    },
  });
}, 90_000);
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([writer?.close(), classifier?.close()]);
  await database.drop();
});

async function post(path: string, body: object) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const chat = (content: string, more: object = {}) =>
  post('/v1/chat/completions', { messages: [{ role: 'user', content }], max_tokens: 12, ...more });

describe('a gateway whose models are run elsewhere', () => {
  it('answers, and bills what was counted', async () => {
    const written = await chat('Say hi.');
    expect(written.status).toBe(200);
    expect(JSON.parse(written.text).usage).toMatchObject({ prompt_tokens: 33, completion_tokens: 12 });
    const classified = await post('/v1/sentiment', { input: 'good' });
    expect(classified.status).toBe(200);
    expect(JSON.parse(classified.text)).toMatchObject({
      data: [{ label: 'positive' }],
      usage: { input_tokens: 1 },
    });
    expect(writer.seen.at(-1)?.authorization).toBe(`Bearer ${engineKey}`);
    expect(classifier.seen.at(-1)?.authorization).toBe(`Bearer ${engineKey}`);
    expect(await readBooks(database.pool, workspaceId)).toMatchObject({ ledgerUnits: 33 + 12 + 1, holds: 0 });
  });

  it('says in its own words what goes wrong there, bills nothing, and writes none of it down', async () => {
    const before = await readBooks(database.pool, workspaceId);
    expect((await chat(`${canary} refuse`)).status).toBe(400);
    expect((await chat(`${canary} fail`)).status).toBe(503);
    const died = await chat(`${canary} die`, { stream: true });
    expect(parseEvents(died.text).find(({ json }) => json?.error)?.json.error.code).toBe('model_unavailable');
    // What it was not recorded with, it answers with 404.
    expect((await post('/v1/sentiment', { input: `${canary} is good` })).status).toBe(503);
    const { spent, holds } = await readBooks(database.pool, workspaceId);
    expect({ spent, holds }).toEqual({ spent: before.spent, holds: 0 });
    expect(gateway.output()).toContain('A request failed.');
    expect(gateway.output()).not.toMatch(new RegExp(canary, 'i'));
    expect(gateway.output()).not.toContain(engineKey);
  });

  it('goes on serving the one when the other is gone', async () => {
    await writer.close();
    const { status, text } = await chat('Say hi.');
    expect([status, JSON.parse(text).error.code]).toEqual([503, 'model_unavailable']);
    expect((await post('/v1/sentiment', { input: 'good' })).status).toBe(200);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    writer = await startEngineServer(() => {});
  });
});
