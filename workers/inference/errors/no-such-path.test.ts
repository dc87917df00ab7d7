import { expect, it } from 'vitest';
import { noSuchPath } from './no-such-path.ts';

const templates = [
  '/',
  '/v1/embeddings',
  '/v1/models',
  '/v1/models/{model}',
  '/v1/images/classify',
  '/generate',
];
const sentence = (path: string) => noSuchPath(path, { family: 'own', templates }).message;

it.each([
  ['/embeddings', '/v1/embeddings'],
  ['/v1/v1/embeddings', '/v1/embeddings'],
  ['//v1/embeddings', '/v1/embeddings'],
  ['/v1//embeddings/', '/v1/embeddings'],
  ['/V1/Embeddings', '/v1/embeddings'],
  ['/models', '/v1/models'],
  ['/v1/v1/models/text-1', '/v1/models/{model}'],
  ['/v1/generate', '/generate'],
  ['/v1/images//classify', '/v1/images/classify'],
])('says of %s that it is %s', (path, meant) => {
  expect(sentence(path)).toContain(`It is ${meant}.`);
  expect(sentence(path)).toContain('/v1, once');
});

it.each([
  ['/v1/responses', 'POST /v1/chat/completions'],
  ['/v1/responses/resp_1/cancel', 'POST /v1/chat/completions'],
  ['/responses', 'POST /v1/chat/completions'],
  ['/v1/chat/completions/chatcmpl-1', 'No answer is kept'],
  ['/v1/threads/1/runs', 'POST /v1/chat/completions'],
  ['/v1/messages', 'POST /v1/chat/completions'],
  ['/v1/moderations', 'No model here moderates'],
  ['/v1/images/generations', 'POST /v1/images/classify'],
  ['/v1/audio/speech', 'hears or speaks'],
  ['/v1/uploads', 'POST /v1/files'],
  ['/v1/vector_stores', 'POST /v1/embeddings'],
  ['/v1/fine_tuning/jobs', 'not trained'],
  ['/api/chat', 'POST /v1/chat/completions'],
  ['/openai/deployments/x/chat/completions', 'ends in /v1'],
])('says of %s what there is instead', (path, instead) => {
  expect(sentence(path)).toContain(instead);
});

it('says of others where the paths are described, and repeats nothing of them', () => {
  for (const path of ['/v1', '/v2/secret-words', '/v1/secret-words', '/////']) {
    expect(sentence(path)).not.toContain('secret');
    expect(sentence(path)).toMatch(/^There is no such path\./);
  }
});
