import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { serve } from '@hono/node-server';
import {
  APICallError,
  cosineSimilarity,
  embed,
  embedMany,
  generateObject,
  generateText,
  streamObject,
  streamText,
} from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { embeddingLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type LlamaTextGenerator,
  loadTextGenerator,
} from '#workers/model-runtime/llama-cpp/load-text-generator.ts';
import { textProcessEntry } from '../models/compute-thread-entry.ts';
import { readBooks } from '../testing/books.ts';
import { type GatewayUnderTestOptions, gatewayUnderTest } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
const servers: Server[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await database.drop();
});

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

async function serving(options: GatewayUnderTestOptions = {}) {
  const door = gatewayUnderTest(database, { generator: { answerOf: () => letters }, ...options });
  const server = serve({ fetch: door.gateway.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  servers.push(server);
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { key } = await createApiKey(database.prisma, { workspaceId });
  const provider = createOpenAICompatible({
    name: 'modelyard',
    baseURL: `http://127.0.0.1:${port}/v1`,
    apiKey: key,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  return { provider, books: () => readBooks(database.pool, workspaceId) };
}

describe('Vercel’s AI SDK with its OpenAI-compatible provider, as they are', () => {
  it('has a text written, and is told what it cost', async () => {
    const { provider, books } = await serving();
    const { text, finishReason, usage, response } = await generateText({
      model: provider('text-1'),
      system: 'Be brief.',
      prompt: 'two words',
      temperature: 0.5,
      maxOutputTokens: 50,
    });
    expect({ text, finishReason }).toEqual({ text: 'abcdef', finishReason: 'stop' });
    expect(usage).toMatchObject({ outputTokens: 6 });
    expect(response.modelId).toBe('text-1');
    const units = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
    expect(await books()).toMatchObject({ ledger: 1, ledgerUnits: units });
  });

  it('stops at a stop sequence and at a length', async () => {
    const { provider } = await serving();
    const model = provider('text-1');
    const cut = await generateText({ model, prompt: 'two words', maxOutputTokens: 3 });
    expect([cut.text, cut.finishReason]).toEqual(['abc', 'length']);
    const stopped = await generateText({ model, prompt: 'two words', stopSequences: ['d'] });
    expect([stopped.text, stopped.finishReason]).toEqual(['abc', 'stop']);
  });

  it('streams a text, piece by piece, with its usage at the end', async () => {
    const { provider, books } = await serving();
    const result = streamText({ model: provider('text-1'), prompt: 'two words' });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('abcdef');
    expect(await result.finishReason).toBe('stop');
    expect(await result.usage).toMatchObject({ outputTokens: 6 });
    expect(await books()).toMatchObject({ ledger: 1 });
  });

  it('stops a stream where its caller does', async () => {
    const endless = Array.from({ length: 2_000 }, () => 'x');
    const { provider, books } = await serving({ generator: { answerOf: () => endless, tokenMs: 5 } });
    const leaving = new AbortController();
    const result = streamText({
      model: provider('text-1'),
      prompt: 'two words',
      abortSignal: leaving.signal,
      onError: () => {},
    });
    for await (const _piece of result.textStream) leaving.abort();
    await expect.poll(books, { timeout: 5_000 }).toMatchObject({ ledger: 1, holds: 0 });
    expect((await books()).ledgerUnits).toBeLessThan(1_000);
  });

  it('embeds a text, and more at once than one call of it takes', async () => {
    const { provider, books } = await serving();
    const model = provider.embeddingModel('text-embedding-1');
    const one = await embed({ model, value: 'a cat on a mat' });
    expect(one.embedding).toHaveLength(384);
    expect(one.usage.tokens).toBe(5);
    const values = Array.from({ length: embeddingLimits.textsMax + 52 }, (_, at) => `text ${at}`);
    const many = await embedMany({ model, values: ['a cat on a mat', ...values.slice(1)] });
    expect(many.embeddings).toHaveLength(values.length);
    expect(cosineSimilarity(one.embedding, many.embeddings[0] ?? [])).toBeCloseTo(1, 6);
    expect(many.usage.tokens).toBe(5 + 2 * (values.length - 1));
    expect(await books()).toMatchObject({ ledger: 3 });
  });

  it('hands on what was wrong', async () => {
    const { provider } = await serving();
    const failed = await generateText({ model: provider('gpt-4'), prompt: 'x', maxRetries: 0 }).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(APICallError);
    expect(failed).toMatchObject({ statusCode: 404, isRetryable: false });
    const model = provider.embeddingModel('text-embedding-1');
    const empty = await embed({ model, value: '', maxRetries: 0 }).catch((error: unknown) => error);
    expect(empty).toMatchObject({ statusCode: 400, message: 'The text is empty.' });
  });
});

describe('objects of a schema, by the model that ships', () => {
  let textGenerator: LlamaTextGenerator;

  beforeAll(async () => {
    textGenerator = await loadTextGenerator({
      folder: path.resolve('workers/models/text-generation'),
      id: 'text-1',
      threads: 1,
      entry: textProcessEntry(),
    });
    await textGenerator.ready();
  });
  afterAll(() => textGenerator.close());

  const schema = z.object({
    name: z.string(),
    age: z.number().int(),
    colours: z.array(z.enum(['red', 'green', 'blue'])).max(2),
  });
  const prompt = 'Invent a person: name, age, favourite colours.';

  it('are what the schema says, whole and as a stream', async () => {
    const { provider } = await serving({ generatorRuntime: textGenerator });
    const model = provider('text-1');
    const asked = { model, schema, prompt, temperature: 0, maxOutputTokens: 200 };
    const whole = await generateObject(asked);
    expect(schema.parse(whole.object)).toEqual(whole.object);
    const stream = streamObject(asked);
    for await (const part of stream.partialObjectStream) expect(part).toBeTypeOf('object');
    expect(await stream.object).toEqual(whole.object);
  });

  it('may be one of several kinds, and have the names that a record lists', async () => {
    const { provider } = await serving({ generatorRuntime: textGenerator });
    const name = z.string().max(12);
    const kinds = z.object({
      pet: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('cat'), name, lives: z.number().int() }),
        z.object({ kind: z.literal('dog'), name, breed: name }),
      ]),
      legs: z.record(z.enum(['front', 'back']), z.number().int()),
    });
    const { object } = await generateObject({
      model: provider('text-1'),
      schema: kinds,
      prompt: 'Invent a pet.',
      temperature: 0,
      maxOutputTokens: 150,
    });
    expect(kinds.parse(object)).toEqual(object);
  });
});
