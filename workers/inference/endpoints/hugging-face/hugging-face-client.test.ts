import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { InferenceClient, InferenceClientProviderApiError } from '@huggingface/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../../testing/books.ts';
import { type GatewayUnderTestOptions, gatewayUnderTest } from '../../testing/gateway-under-test.ts';
import { png } from '../../testing/pictures.ts';

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
const messages = [{ role: 'user' as const, content: 'two words' }];

async function serving(options: GatewayUnderTestOptions = {}) {
  const door = gatewayUnderTest(database, { generator: { answerOf: () => letters }, ...options });
  const server = serve({ fetch: door.gateway.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  servers.push(server);
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { key } = await createApiKey(database.prisma, { workspaceId });
  const of = (model: string) =>
    new InferenceClient(key, { endpointUrl: `http://127.0.0.1:${port}/models/${model}` });
  return { of, port, books: () => readBooks(database.pool, workspaceId) };
}

describe("Hugging Face's own client, as it is", () => {
  it('classifies texts', async () => {
    const { of, books } = await serving();
    const labels = await of('sentiment-1').textClassification({ inputs: 'good', parameters: { top_k: 2 } });
    expect(labels).toHaveLength(2);
    expect(labels[0]).toEqual({ label: expect.any(String), score: expect.any(Number) });
    expect(await books()).toMatchObject({ ledger: 1, ledgerUnits: 1 });
  });

  it('is answered where the address ends with a slash, after which it puts nothing', async () => {
    const { of } = await serving();
    expect(await of('sentiment-1/').textClassification({ inputs: 'good' })).toHaveLength(3);
    expect((await of('text-1/').chatCompletion({ messages })).choices).toHaveLength(1);
  });

  it('classifies pictures, of which it sends the bytes', async () => {
    const { of, books } = await serving();
    const labels = await of('image-1').imageClassification({ inputs: new Blob([png]) });
    expect(labels).toHaveLength(5);
    expect(labels[0]?.score).toBe(0.5);
    expect(await books()).toMatchObject({ ledger: 1, ledgerUnits: 1 });
  });

  it('extracts features of pictures', async () => {
    const { of } = await serving();
    const client = of('image-1/pipeline/feature-extraction');
    const vector = (await client.featureExtraction({ inputs: png.toString('base64') })) as number[];
    expect(vector).toHaveLength(1280);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  it('extracts features of texts', async () => {
    const { of, books } = await serving();
    const client = of('text-embedding-1');
    const vector = (await client.featureExtraction({ inputs: 'two words' })) as number[];
    expect(vector).toHaveLength(384);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    const options = { normalize: true, truncate: true, truncation_direction: 'right' } as const;
    const both = await client.featureExtraction({ inputs: ['two words', 'one'], ...options });
    expect(both).toHaveLength(2);
    expect((both as number[][])[0]).toEqual(vector);
    expect(await books()).toMatchObject({ ledger: 2, ledgerUnits: 5 });
  });

  it('has texts written, whole and as a stream', async () => {
    const { of, books } = await serving();
    const args = { inputs: 'two words', parameters: { max_new_tokens: 4, return_full_text: false } };
    expect(await of('text-1').textGeneration(args)).toEqual({ generated_text: 'abcd' });
    let written = '';
    // The client asks for completions, and hands on what comes.
    for await (const event of of('text-1').textGenerationStream(args)) {
      const { choices } = event as unknown as { choices: { text: string }[] };
      written += choices[0]?.text ?? '';
    }
    expect(written).toBe('abcd');
    expect(await books()).toMatchObject({ ledger: 2, ledgerUnits: 12 });
  });

  it('chats, whole and as a stream', async () => {
    const { of, books } = await serving();
    const whole = await of('text-1').chatCompletion({ messages, max_tokens: 3 });
    expect(whole.choices[0]?.message.content).toBe('abc');
    expect(whole.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3 });
    let written = '';
    for await (const chunk of of('text-1').chatCompletionStream({ messages })) {
      written += chunk.choices[0]?.delta.content ?? '';
    }
    expect(written).toBe('abcdef');
    expect(await books()).toMatchObject({ ledger: 2, ledgerUnits: 27 });
  });

  it('tells its caller what was wrong', async () => {
    const { of } = await serving();
    const refused = of('sentiment-1').textClassification({ inputs: '' });
    await expect(refused).rejects.toThrow(InferenceClientProviderApiError);
    await expect(refused).rejects.toThrow('Failed to perform inference: The text is empty.');
    await expect(of('nobody').textClassification({ inputs: 'good' })).rejects.toThrow('no such model');
    const stream = of('text-1').chatCompletionStream({ messages: [] });
    await expect(stream.next()).rejects.toThrow('messages is empty.');
  });

  it('does not come back for ever when too much waits', async () => {
    const { of } = await serving({ generator: { queueIsFull: () => true } });
    await expect(of('text-1').textGeneration({ inputs: 'x' })).rejects.toThrow(
      'Too much waits for the model.',
    );
  });

  it('throws when a stream fails in its middle', async () => {
    const { of, books } = await serving({ generator: { answerOf: () => letters, failAfter: () => 3 } });
    let written = '';
    const read = async () => {
      for await (const chunk of of('text-1').chatCompletionStream({ messages })) {
        written += chunk.choices[0]?.delta.content ?? '';
      }
    };
    await expect(read()).rejects.toThrow('The model failed to answer. Try again.');
    expect(written).toBe('abc');
    expect(await books()).toMatchObject({ spent: 0 });
  });
});
