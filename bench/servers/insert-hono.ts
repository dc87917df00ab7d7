import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { createPool } from '#server/platform/database/pool.ts';
import { sampleReply } from './sample-reply.ts';

/** What most would write first: one committed INSERT of a usage row for each request, without keys or limits. */
const pool = createPool(process.env.DATABASE_URL ?? '', { max: 16, applicationName: 'bench-insert' });
const app = new Hono();
app.post('/v1/sentiment', async (c) => {
  const body = await c.req.json<{ input: string }>();
  const id = newRequestId();
  await pool.query({
    name: 'insert',
    text: `INSERT INTO bench_usage (id, workspace_id, key_id, task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms)
      VALUES ($1, $2, 'k1', 'sentiment', 'sentiment-1@bench', 2, 1, 0, 'token', 1, 1, 3)`,
    values: [id, id],
  });
  return c.json(sampleReply(id, body.input));
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
