import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { daysUntil } from '../../../../_format/time.ts';

const soonDays = 7;

export type KeyState = 'active' | 'expires-soon' | 'expired' | 'revoked';

export function stateOf(key: ApiKeyItem, now = new Date()): KeyState {
  if (key.revokedAt) return 'revoked';
  if (!key.expiresAt) return 'active';
  if (key.expiresAt <= now) return 'expired';
  return daysUntil(key.expiresAt, now) <= soonDays ? 'expires-soon' : 'active';
}

export function isActive(key: ApiKeyItem): boolean {
  const state = stateOf(key);
  return state === 'active' || state === 'expires-soon';
}

/** Every word of the search is in the name, the prefix or the member's address. */
export function matches(key: ApiKeyItem, search: string): boolean {
  const text = `${key.name} ${key.prefix} ${key.createdBy ?? ''}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
