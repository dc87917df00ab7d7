import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '#server/domain/errors.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { errorToResponse } from './errors/error-to-response.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
  const workspace = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId: workspace.id })).key;
});
afterAll(() => database.drop());

const metered = [
  'limitBody',
  'readKey',
  'parseRequest',
  'claimKey',
  'admit',
  'runModel',
  'settle',
  'respond',
];
const fetching = metered.toSpliced(5, 0, 'fetchInputs');
const named = ['limitBody', 'readKey', 'parseRequest', 'nameRequest', 'admit', 'respond'];
const free = ['limitBody', 'readKey', 'parseRequest', 'admit', 'respond'];

describe('the routes', () => {
  it('are these, each behind its stages in this order', () => {
    expect(door.gateway.routes).toEqual([
      { method: 'POST', path: '/v1/sentiment', stages: metered },
      { method: 'POST', path: '/v1/explanations', stages: fetching },
      { method: 'POST', path: '/v1/images/classify', stages: fetching },
      { method: 'POST', path: '/v1/embeddings', stages: fetching },
      { method: 'POST', path: '/models/sentiment-1', stages: metered },
      { method: 'POST', path: '/models/image-1', stages: fetching },
      { method: 'POST', path: '/models/image-1/pipeline/feature-extraction', stages: fetching },
      { method: 'POST', path: '/models/text-embedding-1', stages: metered },
      { method: 'POST', path: '/models/text-embedding-1/pipeline/feature-extraction', stages: metered },
      { method: 'POST', path: '/v1/text/generate', stages: metered },
      { method: 'POST', path: '/v1/chat/completions', stages: metered },
      { method: 'POST', path: '/v1/completions', stages: metered },
      { method: 'POST', path: '/models/text-1', stages: metered },
      { method: 'POST', path: '/models/text-1/v1/chat/completions', stages: metered },
      { method: 'POST', path: '/models/text-1/v1/completions', stages: metered },
      { method: 'POST', path: '/', stages: metered },
      { method: 'POST', path: '/generate', stages: metered },
      { method: 'POST', path: '/generate_stream', stages: metered },
      { method: 'GET', path: '/v1/models', stages: free },
      { method: 'GET', path: '/v1/models/{model}', stages: free },
      { method: 'GET', path: '/v1/usage', stages: free },
      { method: 'GET', path: '/v1/usage/receipts/{request_id}', stages: free },
      { method: 'POST', path: '/v1/feedback', stages: free },
      { method: 'POST', path: '/v1/files', stages: free },
      { method: 'GET', path: '/v1/files', stages: free },
      { method: 'GET', path: '/v1/files/{file_id}', stages: free },
      { method: 'GET', path: '/v1/files/{file_id}/content', stages: free },
      { method: 'DELETE', path: '/v1/files/{file_id}', stages: free },
      { method: 'POST', path: '/v1/batches', stages: named },
      { method: 'GET', path: '/v1/batches', stages: free },
      { method: 'GET', path: '/v1/batches/{batch_id}', stages: free },
      { method: 'POST', path: '/v1/batches/{batch_id}/cancel', stages: free },
      { method: 'GET', path: '/info', stages: free },
      { method: 'GET', path: '/v1/openapi.json', stages: [] },
      { method: 'GET', path: '/healthz', stages: [] },
      { method: 'GET', path: '/readyz', stages: [] },
      { method: 'GET', path: '/health', stages: [] },
      { method: 'GET', path: '/metrics', stages: [] },
    ]);
  });

  it('have nothing that goes around a stage, but the description of the API, health and metrics', () => {
    const known = [metered, fetching, named, free].map((stages) => stages.join());
    const around = door.gateway.routes.filter((route) => !known.includes(route.stages.join()));
    expect(around.map((route) => route.path)).toEqual([
      '/v1/openapi.json',
      '/healthz',
      '/readyz',
      '/health',
      '/metrics',
    ]);
  });

  it('are all of those that the router answers', async () => {
    const answered = door.gateway.handled.filter(({ method }) => method !== 'ALL' && method !== 'OPTIONS');
    expect(answered).toEqual(door.gateway.routes.map(({ method, path }) => ({ method, path })));
  });
});

describe('errorToResponse', () => {
  const about = (family: 'own' | 'hugging-face') => ({
    requestId: newRequestId(),
    scope: { windows: null, workspaceId: null },
    family,
  });

  it('tells clients that retry a 503 for ever 429 instead', () => {
    const away = new DomainError('database_unavailable', 'Away.', { retryAfterMs: 1_500 });
    expect(errorToResponse(away, about('own')).status).toBe(503);
    const other = errorToResponse(away, about('hugging-face'));
    expect(other.status).toBe(429);
    expect(other.headers.get('retry-after')).toBe('2');
  });
});

describe('health', () => {
  it('is ready or not', async () => {
    const get = { method: 'GET', path: '/readyz' };
    expect((await call(door, get)).status).toBe(200);
    const draining = gatewayUnderTest(database, { isReady: async () => false });
    expect((await call(draining, get)).status).toBe(503);
    expect((await call(draining, { method: 'GET', path: '/healthz' })).status).toBe(200);
  });

  it('measures stages, batches and answers, and names no customer', async () => {
    await call(door, { key });
    const { text, headers } = await call(door, { method: 'GET', path: '/metrics' });
    expect(headers.get('content-type')).toContain('text/plain');
    for (const stage of metered) expect(text).toContain(`inference_stage_seconds_count{stage="${stage}"}`);
    expect(text).toContain('inference_answers_total{route="/v1/sentiment",status="200",code="ok"}');
    expect(text).toContain('inference_batch_items_count{model="sentiment-1"}');
    expect(text).toContain('inference_queue_depth');
    expect(text).not.toMatch(/my_live|workspace|req_/);
  });
});
