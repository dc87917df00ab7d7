import { expect, it } from 'vitest';
import { olderServer } from './server-version.ts';

it.each([
  [170_008, '17.8 (Debian 17.8-1)'],
  [90_624, '9.6.24'],
])('names the version of a server that is too old: %i', (number, name) => {
  expect(olderServer(number, name)).toBe(
    `DATABASE_URL leads to PostgreSQL ${name}. This needs PostgreSQL 18 or newer.`,
  );
});

it.each([180_000, 180_004, 190_001])('takes %i', (number) => {
  expect(olderServer(number, '')).toBeUndefined();
});
