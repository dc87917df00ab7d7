import { expect, it } from 'vitest';
import { apiKeyScopes } from '#server/domain/api-keys/schema.ts';
import { mayCall } from './may-call.ts';

it('names what a key may call, and says in a word that it is everything', () => {
  expect(mayCall(['sentiment', 'usage:read'])).toBe('sentiment, usage');
  expect(mayCall(apiKeyScopes.slice(1))).not.toContain('everything');
  expect(mayCall(apiKeyScopes)).toBe('everything');
});
