import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { serve } from '@hono/node-server';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
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

async function serving(options: GatewayUnderTestOptions = {}) {
  const door = gatewayUnderTest(database, options);
  const server = serve({ fetch: door.gateway.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  servers.push(server);
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { key } = await createApiKey(database.prisma, { workspaceId });
  return { door, port, key, workspaceId, books: () => readBooks(database.pool, workspaceId) };
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const endless = Array.from({ length: 2_000 }, () => 'x');
const messages = [{ role: 'user' as const, content: 'two words' }];

describe("OpenAI's own client, as it is", () => {
  const client = ({ port, key }: { port: number; key: string }) =>
    new OpenAI({ apiKey: key, baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });

  it('reads a chat, a stream of one, and what it cost', async () => {
    const served = await serving({ generator: { answerOf: () => letters } });
    const openai = client(served);
    const whole = await openai.chat.completions.create({ model: 'text-1', messages });
    expect(whole.choices[0]?.message.content).toBe('abcdef');
    expect(whole._request_id).toMatch(/^req_/);

    const stream = await openai.chat.completions.create({
      model: 'text-1',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let content = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      content += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage;
    }
    expect(content).toBe('abcdef');
    expect(usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 6 });
    expect(await served.books()).toMatchObject({ ledger: 2, ledgerUnits: 30, spent: 30 });
  });

  it('puts the pieces of a stream together', async () => {
    const openai = client(await serving({ generator: { answerOf: () => letters } }));
    const final = await openai.chat.completions
      .stream({ model: 'text-1', messages, n: 2 })
      .finalChatCompletion();
    expect(final.choices.map(({ message }) => message.content)).toEqual(['abcdef', 'abcdef']);
    expect(final.choices.map((choice) => choice.finish_reason)).toEqual(['stop', 'stop']);
  });

  it('reads completions, models and refusals', async () => {
    const openai = client(await serving({ generator: { answerOf: () => letters } }));
    const completion = await openai.completions.create({ model: 'text-1', prompt: 'two words', logprobs: 1 });
    expect(completion.choices[0]?.text).toBe('abcdef');
    const models = await openai.models.list();
    expect(models.data.map(({ id }) => id)).toContain('text-1');
    expect(await openai.models.retrieve('text-1')).toMatchObject({ id: 'text-1', object: 'model' });
    const tools = [{ type: 'function' as const, function: { name: 'f' } }];
    await expect(openai.chat.completions.create({ model: 'text-1', messages, tools })).rejects.toMatchObject({
      status: 400,
      param: 'tools',
      code: 'invalid_request',
    });
    await expect(openai.chat.completions.create({ model: 'gpt-4', messages })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
  });

  it('is told what to call instead of what is not served', async () => {
    const openai = client(await serving());
    const notFound = { status: 404, code: 'not_found', message: expect.stringContaining('/v1/chat/comp') };
    await expect(openai.responses.create({ model: 'text-1', input: 'x' })).rejects.toMatchObject(notFound);
    await expect(openai.beta.threads.create({})).rejects.toMatchObject(notFound);
    const run = { name: 'f', description: 'x', parameters: {}, function: () => 'x' };
    const tools = [{ type: 'function' as const, function: run }];
    const runner = openai.chat.completions.runTools({ model: 'text-1', messages, tools });
    await expect(runner.finalContent()).rejects.toMatchObject({
      param: 'tools',
      message: expect.stringContaining('response_format'),
    });
    const withoutVersion = openai.withOptions({ baseURL: openai.baseURL.replace('/v1', '') });
    await expect(withoutVersion.models.list()).rejects.toMatchObject({
      message: expect.stringContaining('/v1/models'),
    });
  });

  it('throws when a stream fails, and the stream is not billed', async () => {
    const served = await serving({ generator: { failAfter: () => 3 } });
    const stream = await client(served).chat.completions.create({ model: 'text-1', messages, stream: true });
    const reading = (async () => {
      for await (const _ of stream);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'model_unavailable' });
    await eventually(async () =>
      expect(await served.books()).toMatchObject({ ledger: 1, spent: 0, holds: 0 }),
    );
    await eventually(() =>
      expect(served.door.logged.at(-1)?.fields).toMatchObject({ status: 200, code: 'model_unavailable' }),
    );
  });

  it('that breaks off is billed what was made', async () => {
    const served = await serving({ generator: { answerOf: () => endless, tokenMs: 5 } });
    const stream = await client(served).chat.completions.create({
      model: 'text-1',
      messages,
      stream: true,
      max_tokens: 2_000,
    });
    let chunks = 0;
    for await (const _ of stream) if (++chunks === 10) break;
    await eventually(async () => expect(await served.books()).toMatchObject({ holds: 0, ledger: 1 }));
    const { spent, ledgerUnits, rolledUnits } = await served.books();
    expect(spent).toBe(ledgerUnits);
    expect(rolledUnits).toBe(ledgerUnits);
    expect(spent).toBeGreaterThanOrEqual(9 + 9);
    expect(spent).toBeLessThan(9 + 9 + 100);
    await eventually(() =>
      expect(served.door.logged.at(-1)?.fields).toMatchObject({ status: 499, code: 'client_closed' }),
    );
  });
});

describe('a socket that nobody reads', () => {
  const wide = Array.from({ length: 2_000 }, () => 'x'.repeat(64 * 1024));

  it('slows its own stream, is closed after a while, and is billed what was made', async () => {
    const served = await serving({
      generator: { answerOf: () => wide },
      generationTimes: { stalledReaderMs: 500 },
    });
    const socket = connect({ port: served.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    const body = JSON.stringify({ prompt: 'two words', stream: true, max_tokens: 2_000 });
    socket.write(
      `POST /v1/text/generate HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${served.key}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    const closed = once(socket, 'close');
    await eventually(async () => expect(await served.books()).toMatchObject({ holds: 0, ledger: 1 }));
    const { spent } = await served.books();
    // What fits into the buffers of two sockets, far from all of it.
    expect(spent).toBeGreaterThan(2);
    expect(spent).toBeLessThan(500);
    expect(served.door.generator.running).toBe(0);
    socket.resume();
    await closed;
    await eventually(() =>
      expect(served.door.logged.at(-1)?.fields).toMatchObject({ status: 499, code: 'client_closed' }),
    );
  });
});
