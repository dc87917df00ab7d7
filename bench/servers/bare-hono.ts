import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { sampleReply } from './sample-reply.ts';

/** The floor: the same framework reads JSON and answers JSON of the same size, and does nothing else. */
const app = new Hono();
app.post('/v1/sentiment', async (c) => {
  const body = await c.req.json<{ input: string }>();
  return c.json(sampleReply('req_0', body.input));
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
