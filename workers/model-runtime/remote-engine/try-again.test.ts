import { expect, it } from 'vitest';
import { type EngineFailure, RemoteEngineError } from './remote-engine-error.ts';
import { tryAgain } from './try-again.ts';

it.each<[EngineFailure, number | null, number]>([
  ['unreachable', null, 3],
  ['status', 429, 3],
  ['status', 502, 3],
  ['status', 503, 3],
  ['status', 504, 1],
  ['status', 500, 1],
  ['dropped', null, 1],
  ['silent', null, 1],
  ['cut', null, 1],
  ['unreadable', null, 1],
])('what is %s (%s) is tried %d times', async (failure, status, tries) => {
  let tried = 0;
  const attempt = () => {
    tried++;
    return Promise.reject(new RemoteEngineError(failure, 'No.', status));
  };
  await expect(tryAgain(attempt, { waitsMs: [0, 0] })).rejects.toThrow('No.');
  expect(tried).toBe(tries);
});
