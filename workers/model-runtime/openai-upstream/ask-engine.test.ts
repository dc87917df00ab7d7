import { expect, it } from 'vitest';
import { createEngineClient } from '../remote-engine/engine-client.ts';
import { sendJson, startEngineServer } from '../remote-engine/testing/engine-server.ts';
import { askUsage, EngineRefusedError } from './ask-engine.ts';

const times = { connectMs: 1_000, answerMs: 1_000, silenceMs: 1_000 };

async function refusalOf(body: unknown): Promise<unknown> {
  const server = await startEngineServer((_, response) => sendJson(response, 400, body));
  const client = createEngineClient({ url: server.url, apiKey: null, times });
  const { signal } = new AbortController();
  const error = await askUsage(client, { path: '/completions', body: {} }, signal).catch(
    (thrown: unknown) => thrown,
  );
  client.close();
  await server.close();
  return error;
}

const openAi = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000.";
it.each<[string, unknown]>([
  [
    'OpenAI',
    { error: { message: 'Shorter.', type: 'invalid_request_error', code: 'context_length_exceeded' } },
  ],
  ['vLLM', { error: { message: openAi, type: 'BadRequestError', param: null, code: 400 } }],
  ['an older vLLM', { object: 'error', message: openAi, type: 'BadRequestError', code: 400 }],
  [
    'vLLM, of the answer',
    {
      error: {
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 8192 tokens and your request has 9 input tokens.",
      },
    },
  ],
  ['llama.cpp', { error: { code: 400, message: 'Too long.', type: 'exceed_context_size_error' } }],
  [
    'text-generation-inference',
    {
      error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 3000.',
      error_type: 'validation',
    },
  ],
  ['this product', { error: { code: 'input_too_long' } }],
])('what %s says of a prompt that is too long is understood', async (_, body) => {
  expect(await refusalOf(body)).toEqual(new EngineRefusedError(400, true));
});

it.each<[string, unknown]>([
  ['a message', { error: { message: `Not allowed: "${openAi}"`, code: 400 } }],
  ['a field', { detail: [{ msg: 'No.', input: 'context_length_exceeded, max_new_tokens' }] }],
  ['a code’s neighbour', { error: { code: 'bad', param: 'context_length_exceeded', message: 'No.' } }],
  ['nothing but text', 'maximum context length'],
  ['nothing', null],
])('what the caller wrote, repeated in %s, is not', async (_, body) => {
  expect(await refusalOf(body)).toEqual(new EngineRefusedError(400, false));
});
