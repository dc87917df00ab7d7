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
