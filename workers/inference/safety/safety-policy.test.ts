import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import { call, type GatewayUnderTestOptions, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

let database: TestDatabase;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
});
afterAll(() => database.drop());

const answer = ['It', ' has', ' a', ' for', 'bid', 'den', ' thing', ' in', ' it', '.'];
const door = (options: GatewayUnderTestOptions = {}) =>
  gatewayUnderTest(database, {
    safetyPolicy: { deny: ['forbidden thing', { term: 'asked for', in: 'prompt' }] },
    ...options,
    generator: { answerOf: () => answer, ...options.generator },
  });
const books = () => readBooks(database.pool, workspaceId);
const rows = () => database.prisma.usageRecord.findMany({ where: { workspaceId } });

/** Each path, with a prompt, and where its answer says what. */
const paths = [
  [
    '/v1/text/generate',
    (text: string) => ({ prompt: text }),
    (json: { data: { text: string; finish_reason: string }[] }) => [
      json.data[0]?.text,
      json.data[0]?.finish_reason,
    ],
    'prompt',
  ],
  [
    '/v1/text/generate',
    (text: string) => ({ messages: [{ role: 'user', content: text }] }),
    (json: { data: { text: string; finish_reason: string }[] }) => [
      json.data[0]?.text,
      json.data[0]?.finish_reason,
    ],
    'messages',
  ],
  [
    '/v1/chat/completions',
    (text: string) => ({ messages: [{ role: 'user', content: text }] }),
    (json: { choices: { message: { content: string }; finish_reason: string }[] }) => [
      json.choices[0]?.message.content,
      json.choices[0]?.finish_reason,
    ],
    'messages',
  ],
  [
    '/v1/completions',
    (text: string) => ({ prompt: text }),
    (json: { choices: { text: string; finish_reason: string }[] }) => [
      json.choices[0]?.text,
      json.choices[0]?.finish_reason,
    ],
    'prompt',
  ],
  [
    '/generate',
    (text: string) => ({ inputs: text, parameters: { details: true } }),
    (json: { generated_text: string; details: { finish_reason: string } }) => [
      json.generated_text,
      json.details.finish_reason,
    ],
    'inputs',
  ],
] as const;

describe.each(paths)('POST %s', (path, bodyOf, textOf, param) => {
  it('ends an answer before what is denied, and bills what was made', async () => {
    const { status, json } = await call(door(), { key, path, body: bodyOf('two words') });
    expect(status).toBe(200);
    const [text, reason] = (textOf as (given: unknown) => readonly string[])(json);
    // Where tokens are told, one is told whole or not at all.
    expect([text?.trimEnd(), reason]).toEqual(['It has a', 'content_filter']);
    const [row] = await rows();
    // Up to the token that shows where the term ends.
    expect(row).toMatchObject({ statusClass: 2, outputUnits: 8n });
    expect(await books()).toMatchObject({
      spent: Number(row?.inputUnits) + 8,
      ledgerUnits: Number(row?.inputUnits) + 8,
      heldUnits: 0,
      holds: 0,
    });
  });

  it('refuses a prompt with what is denied, in the family’s shape, and bills nothing', async () => {
    const under = door();
    const body = bodyOf('Tell what I ASKED\u200b  for.');
    for (const more of [{}, { stream: true }]) {
      const { status, json } = await call(under, { key, path, body: { ...body, ...more } });
      expect(status).toBe(400);
      const isHuggingFace = path === '/generate';
      expect(isHuggingFace ? json : json.error).toMatchObject({
        code: 'content_policy_violation',
        param,
        ...(isHuggingFace ? { error_type: 'validation' } : { type: 'invalid_request_error' }),
      });
    }
    expect(under.generator.generations).toEqual([]);
    expect(await books()).toMatchObject({ spent: 0, ledgerUnits: 0, heldUnits: 0, holds: 0 });
    const logged = JSON.stringify(under.logged);
    expect(logged).toContain('content_policy_violation');
    expect(logged.toLowerCase()).not.toMatch(/asked|tell what/);
  });
});

describe('a stream', () => {
  it('tells nothing of what is denied, and ends with content_filter', async () => {
    const body = { prompt: 'two words', stream: true, logprobs: 1 };
    const { text } = await call(door(), { key, path: '/v1/text/generate', body });
    const events = parseEvents(text);
    expect(text).not.toMatch(/for|bid|den/);
    expect(events.map(({ json }) => json.text ?? '').join('')).toBe('It has a');
    expect(events.at(-1)).toMatchObject({
      name: 'finished',
      json: { data: [{ index: 0, finish_reason: 'content_filter' }], usage: { output_tokens: 8 } },
    });
    expect(await books()).toMatchObject({ spent: 10, ledgerUnits: 10, heldUnits: 0 });
  });

  it('of OpenAI’s and of text-generation-inference’s says so in its last event', async () => {
    const chat = { messages: [{ role: 'user', content: 'two words' }], stream: true };
    const openAi = parseEvents((await call(door(), { key, path: '/v1/chat/completions', body: chat })).text);
    expect(openAi.at(-2)?.json.choices[0].finish_reason).toBe('content_filter');
    const tgi = parseEvents(
      (await call(door(), { key, path: '/generate_stream', body: { inputs: 'two words' } })).text,
    );
    expect(tgi.at(-1)?.json).toMatchObject({
      generated_text: 'It has a',
      details: { finish_reason: 'content_filter', generated_tokens: 8 },
    });
  });

  it('of several answers goes on with those that are not denied', async () => {
    const generator = {
      answerOf: (_: string, choice: number) =>
        choice === 1 ? [...answer, ' more', ' more'] : ['fine', ' so'],
    };
    const body = { prompt: 'two words', n: 3, max_tokens: 50 };
    const { json } = await call(door({ generator }), { key, path: '/v1/text/generate', body });
    expect(json.data).toMatchObject([
      { text: 'fine so', finish_reason: 'stop' },
      { text: 'It has a ', finish_reason: 'content_filter' },
      { text: 'fine so', finish_reason: 'stop' },
    ]);
    expect(json.usage.output_tokens).toBe(2 + 8 + 2);
  });

  it('of which all answers are denied ends the model too', async () => {
    const under = door({
      generator: { answerOf: () => [...answer, ...Array(1_000).fill(' x')], tokenMs: 2 },
    });
    const body = { prompt: 'two words', n: 2, max_tokens: 1_000 };
    const startedAt = performance.now();
    await call(under, { key, path: '/v1/text/generate', body });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(under.generator.running).toBe(0);
  });
});

describe('the house’s system prompt', () => {
  const safetyPolicy = { system_prompt: 'Never be rude to anybody.' };
  const messagesOf = async (messages: readonly object[]) => {
    const under = door({ safetyPolicy });
    const { json } = await call(under, { key, path: '/v1/text/generate', body: { messages } });
    const [given] = under.generator.generations;
    return { prompt: given?.prompt, usage: json.usage };
  };

  it('stands before a conversation, and before the customer’s own', async () => {
    const user = { role: 'user', content: 'Hello' };
    const alone = await messagesOf([user]);
    expect(alone.prompt).toEqual({
      kind: 'chat',
      messages: [{ role: 'system', content: 'Never be rude to anybody.' }, user],
    });
    expect(alone.usage.input_tokens).toBe(3 + (4 + 5) + (4 + 1));
    const before = await messagesOf([{ role: 'system', content: 'Be brief.' }, user]);
    expect(before.prompt).toEqual({
      kind: 'chat',
      messages: [{ role: 'system', content: 'Never be rude to anybody.\n\nBe brief.' }, user],
    });
  });

  it('changes no text that is to go on', async () => {
    const under = door({ safetyPolicy });
    await call(under, { key, path: '/v1/text/generate', body: { prompt: 'two words' } });
    expect(under.generator.generations[0]?.prompt).toEqual({ kind: 'text', text: 'two words' });
  });

  it('is held for, so that it never makes an answer dearer than its hold', async () => {
    await database.prisma.allowance.update({
      where: { workspaceId },
      data: { requestsPerMinute: 100, unitsPerMinute: 1_000_000 },
    });
    const long = { system_prompt: 'word '.repeat(300).trim() };
    const under = door({ safetyPolicy: long, generator: { answerOf: () => ['x'] } });
    const body = { messages: [{ role: 'user', content: 'x' }], max_tokens: 1 };
    const { status, json } = await call(under, { key, path: '/v1/text/generate', body });
    expect(status).toBe(200);
    expect(json.usage.input_tokens).toBeGreaterThan(300);
  });
});

describe('a check of answers by a classifier', () => {
  const sentences = Array.from({ length: 40 }, (_, i) => `Sentence number ${i}. `);

  /** What the fake classifier says of each is a matter of its text alone. */
  async function labelled(under: ReturnType<typeof door>) {
    const outputs = await under.runtime.run(sentences.map((text) => ({ text, truncate: true })));
    const negative = outputs.map((output) => 'scores' in output && (output.scores.negative ?? 0) >= 0.5);
    const first = negative.indexOf(true);
    expect(first).toBeGreaterThan(0);
    return { first, good: sentences.filter((_, i) => !negative[i]) };
  }
  const safetyPolicy = { answer_check: { model: 'sentiment', label: 'negative', refuse_from: 0.5 } };

  it('ends an answer before the sentence that it refuses, and costs nothing', async () => {
    const { first } = await labelled(door());
    const under = door({ safetyPolicy, generator: { answerOf: () => sentences } });
    const body = { prompt: 'two words', max_tokens: 100 };
    const { json } = await call(under, { key, path: '/v1/text/generate', body });
    expect(json.data[0]).toMatchObject({
      text: sentences.slice(0, first).join(''),
      finish_reason: 'content_filter',
    });
    expect(await rows()).toMatchObject([{ task: 'text-generation', outputUnits: BigInt(first + 1) }]);
    expect(await books()).toMatchObject({ spent: 2 + first + 1, ledgerUnits: 2 + first + 1 });
  });

  it('lets the others through', async () => {
    const { good } = await labelled(door());
    const under = door({ safetyPolicy, generator: { answerOf: () => good } });
    const body = { prompt: 'two words', max_tokens: 100, stream: true };
    const { text } = await call(under, { key, path: '/v1/text/generate', body });
    const events = parseEvents(text);
    expect(events.map(({ json }) => json.text ?? '').join('')).toBe(good.join(''));
    expect(events.at(-1)?.json.data).toMatchObject([{ finish_reason: 'stop' }]);
  });

  it('tells nothing where it fails, and bills nothing', async () => {
    const under = door({
      safetyPolicy,
      generator: { answerOf: () => sentences },
      model: { failOn: () => true },
    });
    const body = { prompt: 'two words', max_tokens: 100 };
    const { status, json, text } = await call(under, { key, path: '/v1/text/generate', body });
    expect([status, json.error.code]).toEqual([503, 'model_unavailable']);
    expect(text).not.toContain('Sentence');
    expect(await books()).toMatchObject({ spent: 0, ledgerUnits: 0, heldUnits: 0, holds: 0 });
  });

  it('that takes its time when the caller leaves costs what was made', async () => {
    const under = door({
      safetyPolicy,
      generator: { answerOf: () => sentences },
      model: { latencyMs: 5_000 },
    });
    const leaving = new AbortController();
    const body = { prompt: 'two words', max_tokens: 100 };
    const answering = call(under, { key, path: '/v1/text/generate', body, signal: leaving.signal });
    await sleep(300);
    leaving.abort();
    await answering;
    const [row] = await rows();
    expect(row).toMatchObject({ statusClass: 2, inputUnits: 2n });
    expect(Number(row?.outputUnits)).toBeGreaterThan(0);
    expect(await books()).toMatchObject({ heldUnits: 0, holds: 0 });
  });
});
