import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Env } from 'hono';
import { type WebhookEventType, webhookEvents } from '#server/domain/webhooks/event-types.ts';

const headers = z.object({
  'webhook-id': z.string().openapi({ description: 'Of the event: the same at each attempt.' }),
  'webhook-timestamp': z.string().openapi({ description: 'Unix time of the attempt, in seconds.' }),
  'webhook-signature': z.string().openapi({
    description:
      'One or more, parted by spaces: v1, and the HMAC-SHA256 of id.timestamp.body in base64, as Standard Webhooks has it.',
  }),
});

/** What the workspace's own endpoints are sent (Standard Webhooks), beside what it may ask for. */
export function describeWebhooks<E extends Env>(app: OpenAPIHono<E>): void {
  for (const [type, { meaning, example }] of Object.entries(webhookEvents)) {
    app.openAPIRegistry.registerWebhook({
      method: 'post',
      path: type,
      operationId: `on_${type.replaceAll('.', '_')}`,
      summary: meaning,
      request: { headers, body: { required: true, content: bodyOf(type as WebhookEventType, example) } },
      responses: {
        '2XX': { description: 'Taken. Anything else, or nothing within the time, is tried again for days.' },
      },
    });
  }
}

function bodyOf(type: WebhookEventType, data: object) {
  const schema = z.object({
    id: z.string(),
    object: z.literal('event'),
    type: z.literal(type),
    created_at: z.int().openapi({ description: 'Unix time in seconds.' }),
    data: z
      .looseObject({})
      .openapi({ description: 'Ids and what changed. Never an input or an output of a call.' }),
  });
  const id = 'evt_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b';
  return {
    'application/json': { schema, example: { id, object: 'event', type, created_at: 1_795_651_200, data } },
  };
}
