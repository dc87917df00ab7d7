import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { newRequestId, parsePublicRequestId, publicRequestId } from './request-id.ts';

it('reads back what it shows', () => {
  const id = newRequestId();
  expect(publicRequestId(id)).toMatch(/^req_[0-9a-f]{32}$/);
  expect(parsePublicRequestId(publicRequestId(id))).toBe(id);
});

it.each(['', 'req_', 'req_zz', `req_${'f'.repeat(31)}0`, `req_${'0'.repeat(33)}`, newRequestId()])(
  'refuses %j',
  (text) => {
    expect(parsePublicRequestId(text)).toBeNull();
  },
);

it('is a UUIDv7 of this moment', () => {
  const before = Date.now();
  const id = newRequestId();
  expect(validate(id) && version(id)).toBe(7);
  const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
  expect(new Set(Array.from({ length: 1_000 }, newRequestId)).size).toBe(1_000);
});
