import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceClient } from '@huggingface/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

let database: TestDatabase;
let gateway: TestProcess;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  gateway = await startInference({
    databaseUrl: database.url,
    env: { LOG_LEVEL: 'warn' },
    startTimeoutMs: 60_000,
  });
}, 90_000);
afterAll(async () => {
  await gateway?.stop();
  await database.drop();
});

const photo = path.resolve(import.meta.dirname, '../../model-runtime/onnx/fixtures/photos/hot-dog.jpg');

describe("Hugging Face's own client, with the models as they are sold", () => {
  const of = (model: string) => new InferenceClient(key, { endpointUrl: `${gateway.url}/models/${model}` });

  it('tells praise from blame', async () => {
    const praise = await of('sentiment-1').textClassification({ inputs: 'The film was a delight.' });
    expect(praise.map(({ label }) => label).toSorted()).toEqual(['negative', 'neutral', 'positive']);
    expect(praise[0]?.label).toBe('positive');
    const blame = await of('sentiment-1').textClassification({ inputs: 'A dull, lifeless mess.' });
    expect(blame[0]?.label).toBe('negative');
  });

  it('sees a hot dog', async () => {
    const bytes = new Blob([new Uint8Array(await readFile(photo))]);
    const labels = await of('image-1').imageClassification({ inputs: bytes, parameters: { top_k: 3 } });
    // The client sends bytes alone: parameters do not reach the server.
    expect(labels).toHaveLength(5);
    expect(labels[0]?.label).toBe('hot dog');
  });

  it('goes on with a text, and the events of a stream join to it', async () => {
    const inputs = 'Once upon a time, there was a';
    const parameters = { max_new_tokens: 12, return_full_text: false };
    const { generated_text: greedy } = await of('text-1').textGeneration({
      inputs,
      parameters: { ...parameters, do_sample: false },
    });
    expect(greedy.length).toBeGreaterThan(0);
    const response = await fetch(`${gateway.url}/generate_stream`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ inputs, parameters }),
    });
    const events = parseEvents(await response.text()).map(({ json }) => json);
    expect(events.map(({ token }) => token.text).join('')).toBe(greedy);
    expect(events.at(-1).generated_text).toBe(greedy);
    expect(events).toHaveLength(12);
    expect(new Set(events.map(({ token }) => token.id)).size).toBeGreaterThan(1);
    for (const { token } of events) expect(token.logprob).toBeLessThanOrEqual(0);
  });

  it('answers a message', async () => {
    const { choices } = await of('text-1').chatCompletion({
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      max_tokens: 20,
      temperature: 0,
    });
    expect(choices[0]?.message.content).toContain('Paris');
  });

  it('puts capitals and punctuation back with the adapter of the same model', async () => {
    const words = 'mr smith went to london with his wife where did they stay';
    const answer = async (model: string) => {
      const content = `Write this with capitals and punctuation: ${words}`;
      const messages = [{ role: 'user' as const, content }];
      const { choices } = await of(model).chatCompletion({ messages, max_tokens: 40, temperature: 0 });
      return choices[0]?.message.content ?? '';
    };
    const adapted = await answer('punctuation-1');
    expect(adapted).toMatch(/^Mr\. Smith went to London .*\?$/);
    expect(adapted.toLowerCase().replaceAll(/[.,?;]/g, '')).toBe(words);
    expect(await answer('text-1')).not.toBe(adapted);
  });
});
