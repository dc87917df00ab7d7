import { describe, expect, it } from 'vitest';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { matches, stateOf } from './key-state.ts';

const now = new Date('2026-11-22T12:00:00Z');
const key: ApiKeyItem = {
  id: '0123456789ab',
  name: 'web-production',
  prefix: 'my_live_0123456789ab',
  kind: 'live',
  scopes: ['sentiment'],
  createdAt: new Date('2026-11-01T00:00:00Z'),
  createdBy: 'ada@example.com',
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
  overlapUntil: null,
  models: [],
  allowedAddresses: [],
  allowedOrigins: [],
  requestsPerMinute: 120,
  unitsPerMinute: 20_000,
  concurrencyMax: null,
  budget: null,
  spentThisMonthMicroUsd: 0,
};

describe('the state of a key', () => {
  it.each([
    [null, null, 'active'],
    ['2027-01-01T00:00:00Z', null, 'active'],
    ['2026-11-28T00:00:00Z', null, 'expires-soon'],
    ['2026-11-22T12:00:00Z', null, 'expired'],
    ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', 'revoked'],
  ] as const)('expires %s, revoked %s: %s', (expires, revoked, state) => {
    const expiresAt = expires ? new Date(expires) : null;
    const revokedAt = revoked ? new Date(revoked) : null;
    expect(stateOf({ ...key, expiresAt, revokedAt }, now)).toBe(state);
  });
});

describe('finding keys', () => {
  it.each(['', 'WEB', 'my_live_0123', 'ada web'])('%j matches', (search) =>
    expect(matches(key, search)).toBe(true),
  );
  it('needs every word', () => expect(matches(key, 'web nightly')).toBe(false));
});
