import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from 'hono';
import { brand } from '#server/domain/brand/brand.ts';
import { describeWebhooks } from './describe-webhooks.ts';
import { withExamples } from './examples/with-examples.ts';

export const apiVersion = '1.0.0';

export function openApiDocument<E extends Env>(app: OpenAPIHono<E>, apiUrl: string): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearerAuth', {
    type: 'http',
    scheme: 'bearer',
    description: `An API key: ${brand.keyPrefix}_live_…`,
  });
  describeWebhooks(app);
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: `${brand.name} API`, version: apiVersion, description: brand.claim },
    servers: [{ url: apiUrl }],
  });
  return withExamples(document as Parameters<typeof withExamples>[0]);
}
