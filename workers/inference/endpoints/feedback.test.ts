import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { switchFeedback } from '#server/domain/feedback/switch-feedback.ts';
import { embeddingLimits, feedbackLimits } from '#server/domain/rate-limits/limits.ts';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { readBooks } from '../testing/books.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let mine: Awaited<ReturnType<typeof workspaceWith>>;

const keepFeedback = (workspaceId: string, keepsFeedback: boolean) =>
  switchFeedback(
    { db: database.prisma, clock: createFakeClock() },
    { workspaceId, keepsFeedback, userId: '019ab0f2-c4d1-7a7e-8f3b-5c6d7e8f9a0b' },
  );

/** A workspace, its key, and the id of a request that it had answered. */
async function workspaceWith(keepsFeedback: boolean) {
  const { id } = await createWorkspace(database.prisma);
  if (keepsFeedback) await database.prisma.workspace.update({ where: { id }, data: { keepsFeedback } });
  const { key } = await createApiKey(database.prisma, { workspaceId: id });
  return { id, key, requestId: await answered(key) };
}

async function answered(key: string): Promise<string> {
  const { status, headers } = await call(door, { key, body: { input: ['good', 'bad'] } });
  expect(status).toBe(200);
  return headers.get('x-request-id') ?? '';
}

const send = (body: unknown, key = mine.key, options: Partial<CallOptions> = {}) =>
  call(door, { path: '/v1/feedback', key, body, ...options });
const keptOf = (workspaceId: string) =>
  database.prisma.feedback.findMany({
    where: { workspaceId },
    orderBy: [{ requestId: 'asc' }, { inputIndex: 'asc' }],
  });

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
  mine = await workspaceWith(true);
});
afterAll(() => database.drop());
afterEach(() => database.prisma.feedback.deleteMany());

describe('POST /v1/feedback', () => {
  it('keeps a label or a correction for an input of an answered request, and costs nothing', async () => {
    const before = await readBooks(database.pool, mine.id);
    const { status, json } = await send({ request_id: mine.requestId, label: 'negative' });
    expect(status).toBe(200);
    expect(json).toEqual({
      object: 'feedback',
      request_id: mine.requestId,
      index: 0,
      label: 'negative',
      correction: null,
    });
    const corrected = { request_id: mine.requestId, index: 1, correction: 'What should stand there.' };
    expect((await send(corrected)).json).toMatchObject({ ...corrected, label: null });
    expect(await keptOf(mine.id)).toMatchObject([
      { requestId: parsePublicRequestId(mine.requestId), inputIndex: 0, label: 'negative', correction: null },
      { inputIndex: 1, label: null, correction: 'What should stand there.' },
    ]);
    expect(await readBooks(database.pool, mine.id)).toEqual(before);
  });

  it('lets the last word stand, also of 20 at once', async () => {
    await send({ request_id: mine.requestId, label: 'negative' });
    await send({ request_id: mine.requestId, correction: 'neither' });
    expect(await keptOf(mine.id)).toMatchObject([{ label: null, correction: 'neither' }]);
    await database.prisma.feedback.deleteMany();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => send({ request_id: mine.requestId, label: `label ${at}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await keptOf(mine.id)).toHaveLength(1);
  });

  it('stores nothing where the workspace has not switched it on, and says who can', async () => {
    const theirs = await workspaceWith(false);
    const { status, json } = await send({ request_id: theirs.requestId, label: 'negative' }, theirs.key);
    expect(status).toBe(403);
    expect(json.error).toMatchObject({ code: 'storage_not_allowed', type: 'permission_error' });
    expect(json.error.message).toMatch(/nothing was stored.*Settings/);
    expect(await keptOf(theirs.id)).toEqual([]);
  });

  it('deletes everything when it is switched off, of that workspace alone', async () => {
    const theirs = await workspaceWith(true);
    await send({ request_id: theirs.requestId, label: 'negative' }, theirs.key);
    await send({ request_id: mine.requestId, label: 'positive' });
    await keepFeedback(theirs.id, false);
    expect(await keptOf(theirs.id)).toEqual([]);
    expect(await keptOf(mine.id)).toHaveLength(1);
    expect((await send({ request_id: theirs.requestId, label: 'negative' }, theirs.key)).status).toBe(403);
    await keepFeedback(theirs.id, true);
    expect((await send({ request_id: theirs.requestId, label: 'negative' }, theirs.key)).status).toBe(200);
  });

  it('leaves nothing behind when it is switched off while many write', async () => {
    const theirs = await workspaceWith(true);
    const writing = Array.from({ length: 30 }, (_, index) =>
      send({ request_id: theirs.requestId, index, label: 'negative' }, theirs.key),
    );
    await keepFeedback(theirs.id, false);
    const statuses = (await Promise.all(writing)).map(({ status }) => status);
    expect(statuses.every((status) => status === 200 || status === 403)).toBe(true);
    expect(await keptOf(theirs.id)).toEqual([]);
  });

  it('goes with its workspace', async () => {
    const theirs = await workspaceWith(true);
    await send({ request_id: theirs.requestId, label: 'negative' }, theirs.key);
    await database.prisma.workspace.delete({ where: { id: theirs.id } });
    expect(await keptOf(theirs.id)).toEqual([]);
  });

  it('keeps so many of a workspace and no more, and lets those be changed', async () => {
    const theirs = await workspaceWith(true);
    await send({ request_id: theirs.requestId, label: 'negative' }, theirs.key);
    await database.pool.query(
      `INSERT INTO feedback (request_id, input_index, workspace_id, label, updated_at)
       SELECT uuidv7(), 0, $1, 'x', now() FROM generate_series(2, $2)`,
      [theirs.id, feedbackLimits.perWorkspaceMax],
    );
    const more = await send({ request_id: theirs.requestId, index: 1, label: 'x' }, theirs.key);
    expect(more).toMatchObject({ status: 429, json: { error: { code: 'insufficient_quota' } } });
    expect((await send({ request_id: theirs.requestId, label: 'positive' }, theirs.key)).status).toBe(200);
  });
});

describe('of what another workspace asked', () => {
  it('nothing is kept, and it is told like what is not there', async () => {
    const theirs = await workspaceWith(true);
    const theirsByMe = await send({ request_id: theirs.requestId, label: 'negative' });
    const mineByThem = await send({ request_id: mine.requestId, label: 'negative' }, theirs.key);
    const nobodys = await send({ request_id: `req_${'0'.repeat(32)}`, label: 'negative' });
    for (const refused of [theirsByMe, mineByThem, nobodys]) {
      expect(refused.status).toBe(404);
      expect(refused.json).toEqual(nobodys.json);
      expect(refused.json.error).toMatchObject({ code: 'not_found', param: 'request_id' });
    }
    expect(await database.prisma.feedback.count()).toBe(0);
  });

  it('nor of a request that failed', async () => {
    const failing = gatewayUnderTest(database, { model: { failOn: () => true } });
    const failed = await call(failing, { key: mine.key });
    expect(failed.status).toBe(503);
    const requestId = failed.headers.get('x-request-id');
    expect((await send({ request_id: requestId, label: 'negative' })).status).toBe(404);
  });
});

describe('what is wrong', () => {
  const request_id = `req_${'0'.repeat(32)}`;

  it.each([
    ['nothing', {}, 'request_id'],
    ['a list', [], null],
    ['no id', { label: 'x' }, 'request_id'],
    ['an id that is a number', { request_id: 7, label: 'x' }, 'request_id'],
    ['neither', { request_id }, 'label'],
    ['both', { request_id, label: 'x', correction: 'y' }, 'label'],
    ['an empty label', { request_id, label: ' ' }, 'label'],
    ['null', { request_id, label: null }, 'label'],
    ['a label that is a list', { request_id, label: ['x'] }, 'label'],
    ['NUL', { request_id, correction: 'a\0b' }, 'correction'],
    ['half a surrogate pair', { request_id, correction: '\ud800' }, 'correction'],
    ['an index below 0', { request_id, index: -1, label: 'x' }, 'index'],
    ['an index of no input', { request_id, index: embeddingLimits.textsMax, label: 'x' }, 'index'],
    ['half an index', { request_id, index: 0.5, label: 'x' }, 'index'],
  ])('400 for %s', async (_name, body, param) => {
    const { status, json, text } = await send(body);
    expect({ status, param: json.error.param }).toEqual({ status: 400, param });
    expect(text).not.toMatch(/Zod|Invalid input|expected/);
  });

  it('400 for another field, 422 for what is too long, 404 for what is no id', async () => {
    const unknown = await send({ request_id, label: 'x', score: 1 });
    expect(unknown).toMatchObject({
      status: 400,
      json: { error: { code: 'unknown_field', param: 'score' } },
    });
    const { labelCharactersMax, correctionCharactersMax } = feedbackLimits;
    for (const body of [
      { request_id, label: 'x'.repeat(labelCharactersMax + 1) },
      { request_id, correction: 'x'.repeat(correctionCharactersMax + 1) },
    ]) {
      expect(await send(body)).toMatchObject({ status: 422, json: { error: { code: 'input_too_long' } } });
    }
    for (const id of ['', 'req_', '019ab0f2-c4d1-7a7e-8f3b-5c6d7e8f9a0b', "req_'; DROP TABLE feedback"]) {
      expect((await send({ request_id: id, label: 'x' })).status).toBe(404);
    }
  });

  it('401 without a key, 403 without the scope', async () => {
    const body = { request_id: mine.requestId, label: 'negative' };
    expect((await call(door, { path: '/v1/feedback', body })).status).toBe(401);
    const narrow = await createApiKey(database.prisma, {
      workspaceId: mine.id,
      scopes: ['sentiment', 'text'],
    });
    expect(await send(body, narrow.key)).toMatchObject({
      status: 403,
      json: { error: { code: 'scope_missing' } },
    });
    expect(await keptOf(mine.id)).toEqual([]);
  });
});
