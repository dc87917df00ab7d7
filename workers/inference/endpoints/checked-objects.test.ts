import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { serve } from '@hono/node-server';
import { generateObject } from 'ai';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type LlamaTextGenerator,
  loadTextGenerator,
} from '#workers/model-runtime/llama-cpp/load-text-generator.ts';
import { textProcessEntry } from '../models/compute-thread-entry.ts';
import { gatewayUnderTest } from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let textGenerator: LlamaTextGenerator;
let server: Server;
let baseURL: string;
let apiKey: string;

beforeAll(async () => {
  database = await createTestDatabase();
  textGenerator = await loadTextGenerator({
    folder: path.resolve('workers/models/text-generation'),
    id: 'text-1',
    threads: 1,
    entry: textProcessEntry(),
  });
  await textGenerator.ready();
  const { gateway } = gatewayUnderTest(database, { generatorRuntime: textGenerator });
  server = serve({ fetch: gateway.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  if (!server.listening) await once(server, 'listening');
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { id: workspaceId } = await createWorkspace(database.prisma);
  apiKey = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await textGenerator.close();
  await database.drop();
});

const review = z.object({
  stars: z.number().int().min(1).max(5),
  share: z.number().min(0).max(1),
  height: z.number().positive().multipleOf(0.5),
  year: z.int().gte(1900).lt(2100),
  sku: z.string().regex(/^[A-Z]{2}-\d{3,5}$/),
  mail: z.email().max(40),
  day: z.iso.date(),
  at: z.iso.datetime(),
  id: z.uuid(),
  both: z.intersection(z.object({ low: z.int().nonnegative() }), z.object({ high: z.int().max(9) })),
});
const prompt = 'Invent a review of a product: stars, share, height, year, sku, mail, day, at, id, both.';

describe('the checks of Zod are kept', () => {
  it('for OpenAI’s own client and its helper, whole and as a stream', async () => {
    const openai = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
    const asked = {
      model: 'text-1',
      messages: [{ role: 'user' as const, content: prompt }],
      response_format: zodResponseFormat(review, 'review'),
      max_tokens: 400,
    };
    const { choices } = await openai.chat.completions.parse({ ...asked, temperature: 1.2, seed: 3 });
    expect(choices[0]?.finish_reason).toBe('stop');
    expect(review.parse(choices[0]?.message.parsed)).toEqual(choices[0]?.message.parsed);
    const stream = openai.chat.completions.stream({ ...asked, temperature: 0 });
    const final = await stream.finalChatCompletion();
    expect(review.safeParse(final.choices[0]?.message.parsed)).toMatchObject({ success: true });
  });

  it('for Vercel’s AI SDK', async () => {
    const provider = createOpenAICompatible({
      name: 'modelyard',
      baseURL,
      apiKey,
      supportsStructuredOutputs: true,
    });
    const { object } = await generateObject({
      model: provider('text-1'),
      schema: review,
      prompt,
      temperature: 1.2,
      seed: 5,
      maxOutputTokens: 400,
    });
    expect(review.parse(object)).toEqual(object);
  });

  it('or refused by name', async () => {
    const openai = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
    const asked = { model: 'text-1', messages: [{ role: 'user' as const, content: prompt }] };
    const refused = (schema: z.ZodType) =>
      expect(openai.chat.completions.create({ ...asked, response_format: zodResponseFormat(schema, 'x') }))
        .rejects;
    await refused(z.object({ price: z.number().multipleOf(0.01) })).toMatchObject({
      status: 400,
      param: 'response_format',
      message: expect.stringContaining('/properties/price/multipleOf'),
    });
    await refused(z.object({ time: z.iso.duration() })).toMatchObject({
      status: 400,
      message: expect.stringContaining('/properties/time/pattern: A pattern has no look-aheads'),
    });
    await refused(z.object({ age: z.int().min(9).max(3) })).toMatchObject({
      status: 400,
      message: expect.stringContaining('/properties/age: No number'),
    });
  });
});
