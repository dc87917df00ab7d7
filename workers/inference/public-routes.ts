import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';

/** What takes no key: the description of the API, health and metrics. */
const open: Pick<RouteConfig, 'method' | 'security'> = { method: 'get', security: [] };
const status = <S extends string>(value: S) => z.object({ status: z.literal(value) });
const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});

export const publicRoutes = {
  description: createRoute({
    ...open,
    path: '/v1/openapi.json',
    operationId: 'readDescription',
    summary: 'This description',
    responses: { 200: json('An OpenAPI 3.1 document.', z.looseObject({ openapi: z.string() })) },
  }),
  alive: createRoute({
    ...open,
    path: '/healthz',
    operationId: 'readHealth',
    summary: 'Whether the process lives',
    responses: { 200: json('It does.', status('ok')) },
  }),
  ready: createRoute({
    ...open,
    path: '/readyz',
    operationId: 'readReadiness',
    summary: 'Whether calls should be sent here',
    responses: {
      200: json('They should.', status('ready')),
      503: json(
        'A model still loads, the database is away, or the process is being stopped.',
        status('not ready'),
      ),
    },
  }),
  health: createRoute({
    ...open,
    path: '/health',
    operationId: 'readGeneratorHealth',
    summary: 'The same, as text-generation-inference has it',
    responses: {
      200: { description: 'Calls should be sent here.' },
      503: json(
        'They should not.',
        z.object({ error: z.literal('unhealthy'), error_type: z.literal('healthcheck') }),
      ),
    },
  }),
  metrics: createRoute({
    ...open,
    path: '/metrics',
    operationId: 'readMetrics',
    summary: 'Metrics of this process, as Prometheus reads them',
    responses: { 200: { description: 'Metrics.', content: { 'text/plain': { schema: z.string() } } } },
  }),
};
