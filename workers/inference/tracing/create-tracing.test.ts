import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { createTracing } from './create-tracing.ts';
import type { Tracing } from './request-trace.ts';

/** As the collector's OTLP receiver gets them (opentelemetry-proto's JSON). */
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status?: { readonly code?: number };
}

let database: TestDatabase;
let collector: Server;
let tracing: Tracing;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;
const bodies: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  tracing = createTracing({ serviceName: 'test' });
  door = gatewayUnderTest(database, { tracing, trustedHops: 1, model: { latencyMs: 20 } });
});
afterAll(async () => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  collector.closeAllConnections();
  collector.close();
  await database.drop();
});

const attributesOf = (span: SentSpan | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key: name, value }) => [name, Object.values(value)[0]]));

describe('traces', () => {
  it('tell where a request spent its time, under the trace of the proxy before, and hold nothing that was sent', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const answer = await call(door, { key, body: { input: 'a secret of mine' }, headers: { traceparent } });
    await call(door, { key: 'sk-nothing', body: { input: 'a secret of mine' } });
    await tracing.close();

    const sent = bodies.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: SentSpan[] }[] }) =>
        resource.scopeSpans.flatMap(({ spans }) => spans),
      ),
    ) as SentSpan[];
    const spans = sent.filter((span) => span.traceId === traceId);
    const root = spans.find(({ name }) => name === 'POST /v1/sentiment');
    expect(root?.parentSpanId).toBe('b7ad6b7169203331');
    expect(attributesOf(root)).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/sentiment',
      'modelyard.request_id': answer.headers.get('x-request-id'),
      'modelyard.workspace_id': workspaceId,
    });
    const inside = spans.filter((span) => span !== root);
    expect(new Set(inside.map(({ name }) => name))).toEqual(
      new Set([
        'limitBody',
        'readKey',
        'parseRequest',
        'claimKey',
        'admit',
        'runModel',
        'batcher.wait',
        'runtime.run',
        'settle',
        'respond',
      ]),
    );
    for (const span of inside) expect(span.parentSpanId).toBe(root?.spanId);
    const run = inside.find(({ name }) => name === 'runtime.run');
    const ranMs = (Number(run?.endTimeUnixNano) - Number(run?.startTimeUnixNano)) / 1e6;
    expect(ranMs).toBeGreaterThanOrEqual(15);
    expect(attributesOf(run)).toMatchObject({ 'modelyard.model': 'sentiment-1' });

    const refused = sent.find((span) => span.traceId !== traceId && span.name === 'POST /v1/sentiment');
    expect(attributesOf(refused)).toMatchObject({ 'error.type': 'malformed_api_key' });
    expect(bodies.join()).not.toMatch(/a secret of mine|sk-nothing/);
    expect(bodies.join()).not.toContain(key);
  });
});
