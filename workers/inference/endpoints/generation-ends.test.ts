import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseAwayError, type Metering } from '#server/domain/usage/metering.ts';
import { createMetering } from '#server/platform/metering/create-metering.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace, type WorkspaceOptions } from '#server/testing/factories.ts';
import { readBooks } from '../testing/books.ts';
import {
  call,
  type GatewayUnderTest,
  type GatewayUnderTestOptions,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

/** Longer than any test waits for. */
const endless = Array.from({ length: 2_000 }, () => 'x');
let database: TestDatabase;
let key: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => customer());
afterAll(() => database.drop());

async function customer(options: WorkspaceOptions = {}) {
  workspaceId = (await createWorkspace(database.prisma, options)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
}

const slow = (options: GatewayUnderTestOptions = {}) =>
  gatewayUnderTest(database, {
    ...options,
    generator: { answerOf: () => endless, tokenMs: 5, ...options.generator },
  });
const body = (more: object = {}) => ({ prompt: 'two words', max_tokens: 2_000, stream: true, ...more });
const path = '/v1/text/generate';
const books = () => readBooks(database.pool, workspaceId);
const rows = () => database.prisma.usageRecord.findMany({ where: { workspaceId } });
const holds = () => database.prisma.hold.findMany({ where: { workspaceId } });

/** The stream's text as it comes, until `enough` of it is there. */
async function begin(door: GatewayUnderTest, given: object, signal?: AbortSignal) {
  const request = new Request(`http://api.example.com${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(given),
    signal: signal ?? null,
  });
  const response = await door.gateway.fetch(request);
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  const read = async (isEnough: (text: string) => boolean = () => false) => {
    for (;;) {
      if (isEnough(text)) return text;
      const { done, value } = await reader.read();
      if (done) return text;
      text += Buffer.from(value).toString();
    }
  };
  return { reader, read };
}
const pieces = (count: number) => (text: string) => text.split('text_generation.text').length > count;
const textOf = (text: string) =>
  parseEvents(text)
    .map(({ json }) => json.text ?? '')
    .join('');
const untilSettled = () => eventually(async () => expect(await holds()).toEqual([]));
const answered = (door: GatewayUnderTest) => door.logged.filter(({ message }) => message === 'answered');

describe('a caller that hangs up', () => {
  it('in mid-stream ends the generation, and is billed what was made, no more', async () => {
    const door = slow();
    const { reader, read } = await begin(door, body({ n: 2 }));
    const received = textOf(await read(pieces(9)));
    await reader.cancel();
    await untilSettled();
    expect(door.generator.running).toBe(0);
    const [row] = await rows();
    expect(row).toMatchObject({ statusClass: 2, inputUnits: 2n });
    const made = Number(row?.outputUnits);
    expect(made).toBeGreaterThanOrEqual(received.length);
    // At most two more tokens for each choice, and what was on its way.
    expect(made).toBeLessThanOrEqual(received.length + 2 * 2 + 2);
    expect(await books()).toMatchObject({
      spent: 2 + made,
      rolledUnits: 2 + made,
      heldUnits: 0,
      heldRequests: 0,
    });
    await eventually(() => expect(answered(door)).toHaveLength(1));
    expect(answered(door)[0]?.fields).toMatchObject({ status: 499, code: 'client_closed', route: path });
  });

  it('by its signal alone is noticed too', async () => {
    const door = slow();
    const leaving = new AbortController();
    const { read } = await begin(door, body(), leaving.signal);
    await read(pieces(3));
    leaving.abort();
    await read();
    await untilSettled();
    expect(await rows()).toMatchObject([{ statusClass: 2 }]);
  });

  it('before an answer that leaves whole ends the generation, which is billed what was made', async () => {
    const door = slow();
    const leaving = new AbortController();
    const answer = call(door, { key, path, body: body({ stream: false }), signal: leaving.signal });
    await eventually(() => expect(door.generator.running).toBe(1));
    await sleep(50);
    leaving.abort();
    await answer;
    await untilSettled();
    const [row] = await rows();
    expect(row?.statusClass).toBe(2);
    expect(Number(row?.outputUnits)).toBeGreaterThan(0);
    expect(Number(row?.outputUnits)).toBeLessThan(100);
    expect(answered(door)).toMatchObject([{ fields: { status: 499, code: 'client_closed' } }]);
  });
});

describe('a reader that takes nothing', () => {
  it('is cut, and billed what was made; nothing is made ahead of it', async () => {
    const door = slow({ generationTimes: { stalledReaderMs: 100 } });
    const { reader, read } = await begin(door, body());
    const received = textOf(await read(pieces(3)));
    await untilSettled();
    await expect(reader.read()).rejects.toThrow('Nobody reads');
    const made = Number((await rows())[0]?.outputUnits);
    expect(made).toBeLessThanOrEqual(received.length + 3);
  });

  it('not even the first event, is cut too', async () => {
    const door = slow({ generationTimes: { stalledReaderMs: 100 } });
    await begin(door, body());
    await untilSettled();
    expect(await books()).toMatchObject({ heldUnits: 0, heldRequests: 0 });
  });
});

describe('a model that fails', () => {
  const failing = () => slow({ generator: { tokenMs: 1, failAfter: () => 4 } });

  it.each([
    [path, body()],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], stream: true }],
    ['/v1/completions', { prompt: 'x', stream: true }],
  ])('in mid-stream says so in an event, and nothing is billed (%s)', async (at, given) => {
    const door = failing();
    const { text } = await call(door, { key, path: at, body: given });
    const last = parseEvents(text).at(-1);
    expect(last?.json).toEqual({
      error: {
        message: 'The model failed to answer. Try again.',
        type: 'server_error',
        param: null,
        code: 'model_unavailable',
      },
    });
    expect(last?.name).toBe(at === path ? 'error' : null);
    expect(text).not.toContain('[DONE]');
    expect(await rows()).toMatchObject([
      { statusClass: 5, inputUnits: 0n, outputUnits: 0n, priceMicroUsd: 0n },
    ]);
    expect(await books()).toMatchObject({ spent: 0, heldUnits: 0, holds: 0 });
    expect(answered(door)).toMatchObject([{ fields: { code: 'model_unavailable' } }]);
    expect(door.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('on the way to a whole answer answers 503, unbilled', async () => {
    const { status, json } = await call(failing(), { key, path, body: body({ stream: false }) });
    expect([status, json.error.code]).toEqual([503, 'model_unavailable']);
    expect(await books()).toMatchObject({ spent: 0, heldUnits: 0, holds: 0 });
  });

  it('and is full answers 503 before any event', async () => {
    const door = gatewayUnderTest(database, { generator: { queueIsFull: () => true } });
    const { status, json, headers } = await call(door, { key, path, body: body() });
    expect([status, json.error.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '1']);
    expect(await books()).toMatchObject({ spent: 0, heldUnits: 0 });
  });
});

describe('a text that takes too long', () => {
  it.each([true, false])('ends where it is, as an answer that is too short (stream: %s)', async (stream) => {
    const door = slow({ generationTimes: { timeoutMs: 100 } });
    const { status, json, text } = await call(door, { key, path, body: body({ stream }) });
    expect(status).toBe(200);
    const end = stream ? parseEvents(text).at(-1)?.json : json;
    expect(end.data[0].finish_reason).toBe('length');
    expect(Number((await rows())[0]?.outputUnits)).toBe(end.usage.output_tokens);
  });
});

describe('the hold', () => {
  it('is durable with the prompt’s cost before the first byte, and saved on the way', async () => {
    const door = slow({ generationTimes: { saveEveryMs: 20 } });
    const { reader, read } = await begin(door, body());
    expect(await holds()).toMatchObject([
      { savedInputUnits: 2n, savedOutputUnits: 0n, task: 'text-generation' },
    ]);
    await read(pieces(20));
    const [hold] = await holds();
    expect(Number(hold?.savedOutputUnits)).toBeGreaterThan(0);
    await reader.cancel();
    await untilSettled();
  });

  it('is prolonged for as long as a text is written, streamed or not', async () => {
    const holdMs = 300;
    const door = slow({
      holdMs,
      generationTimes: { saveEveryMs: 50, timeoutMs: 1_000 },
      metering: createMetering({ pool: database.pool, holdMs }),
    });
    const answers = [true, false].map((stream) => call(door, { key, path, body: body({ stream }) }));
    const reaping = setInterval(() => void database.pool.query('SELECT reap_expired_holds()'), 50);
    const [streamed, whole] = await Promise.all(answers);
    clearInterval(reaping);
    expect(parseEvents(streamed?.text ?? '').at(-1)?.name).toBe('finished');
    expect(whole?.status).toBe(200);
    expect(await rows()).toHaveLength(2);
    expect(await books()).toMatchObject({ holds: 0, heldUnits: 0, heldRequests: 0 });
  });

  it('that is lost ends the stream, which costs what was saved and no more', async () => {
    const door = slow({ generationTimes: { saveEveryMs: 50 } });
    const { read } = await begin(door, body());
    await read(pieces(30));
    await database.pool.query('UPDATE holds SET expires_at = now() WHERE workspace_id = $1', [workspaceId]);
    await database.pool.query('SELECT reap_expired_holds()');
    const [saved] = await rows();
    const received = await read();
    const events = parseEvents(received);
    expect(events.at(-1)).toMatchObject({ name: 'error', json: { error: { code: 'answer_withheld' } } });
    expect(events.some(({ name }) => name === 'finished')).toBe(false);
    expect(await rows()).toEqual([saved]);
    expect(saved).toMatchObject({ statusClass: 2, inputUnits: 2n });
    expect(Number(saved?.outputUnits)).toBeGreaterThan(0);
    expect(Number(saved?.outputUnits)).toBeLessThanOrEqual(textOf(received).length);
    expect(await books()).toMatchObject({ spent: 2 + Number(saved?.outputUnits), heldUnits: 0, holds: 0 });
  });

  it('of the rest of a quota ends the text where the quota does, and all of it can be spent', async () => {
    await customer({ quotaUnits: 30 });
    const { text } = await call(slow({ generator: { tokenMs: 0 } }), { key, path, body: body() });
    const end = parseEvents(text).at(-1);
    expect(end).toMatchObject({ name: 'finished', json: { data: [{ finish_reason: 'length' }] } });
    expect(end?.json.usage).toMatchObject({ units: 30, output_tokens: 28 });
    expect(textOf(text)).toHaveLength(28);
    expect(await books()).toMatchObject({ spent: 30, ledgerUnits: 30, heldUnits: 0 });
    const next = await call(slow(), { key, path, body: body() });
    expect([next.status, next.json.error.code]).toEqual([429, 'insufficient_quota']);
  });

  it('of the rest of a budget ends the text where the budget does', async () => {
    await customer({ budgetMicroUsd: 13 });
    const { json } = await call(slow({ generator: { tokenMs: 0 } }), {
      key,
      path,
      body: body({ stream: false }),
    });
    expect(json.usage).toMatchObject({ output_tokens: 5, price_micro_usd: 12 });
  });

  it('that does not cover the prompt refuses it before any byte, unbilled', async () => {
    await customer({ quotaUnits: 1 });
    const { status, json } = await call(slow(), { key, path, body: body() });
    expect([status, json.error.code]).toEqual([429, 'insufficient_quota']);
    expect(await books()).toMatchObject({ spent: 0, heldUnits: 0, holds: 0 });
  });
});

describe('a database that goes away', () => {
  const broken = (overrides: Partial<Metering>) => {
    const metering = createMetering({ pool: database.pool, holdMs: 400 });
    return slow({
      holdMs: 400,
      generationTimes: { saveEveryMs: 30, timeoutMs: 2_000 },
      metering: {
        ...metering,
        ...overrides,
      },
    });
  };
  const away = () => Promise.reject(new DatabaseAwayError('away'));

  it('before the first byte lets none leave', async () => {
    const { status, json } = await call(broken({ saveProgress: away }), { key, path, body: body() });
    expect([status, json.error.code]).toEqual([503, 'database_unavailable']);
    expect(await books()).toMatchObject({ spent: 0, heldUnits: 0 });
  });

  it('in mid-stream ends it before its hold does', async () => {
    const metering = createMetering({ pool: database.pool, holdMs: 400 });
    let saves = 0;
    const door = broken({
      saveProgress: (progress) => (saves++ === 0 ? metering.saveProgress(progress) : away()),
    });
    const { text } = await call(door, { key, path, body: body() });
    expect(parseEvents(text).at(-1)?.json.error.code).toBe('database_unavailable');
    expect(saves).toBeGreaterThan(2);
  });

  it('at the end withholds the last event', async () => {
    const door = broken({ settle: away });
    const { text } = await call(door, { key, path, body: body({ max_tokens: 3 }) });
    const events = parseEvents(text);
    expect(events.at(-1)?.json.error.code).toBe('database_unavailable');
    expect(events.some(({ name }) => name === 'finished')).toBe(false);
  });
});
