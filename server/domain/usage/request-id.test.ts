import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { newRequestId, parsePublicRequestId, publicRequestId, requestedAt } from './request-id.ts';

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
  const time = requestedAt(id).getTime();
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
  expect(new Set(Array.from({ length: 1_000 }, newRequestId)).size).toBe(1_000);
});

it('tells the time of RFC 9562’s example', () => {
  expect(requestedAt('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toEqual(new Date('2022-02-22T19:22:22Z'));
});
