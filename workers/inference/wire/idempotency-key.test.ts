import { describe, expect, it } from 'vitest';
import { generationLimits, idempotencyLimits, pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import { nameMac, parseIdempotencyKey, requestMac } from './idempotency-key.ts';

describe('parseIdempotencyKey', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    [' abc ', 'abc'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('reads %s', (header, name) => {
    expect(parseIdempotencyKey(header)).toBe(name);
  });

  it.each(['', '""', '"a', '"a"b"', 'a b', '"a b"', 'é', 'x'.repeat(256)])('refuses %j', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'Idempotency-Key' }),
    );
  });
});

describe('the MACs', () => {
  const sent = { path: '/v1/a', contentType: 'application/json', body: Buffer.from('{"a":1}') };
  const form = (boundary: string, value: string) => ({
    path: '/v1/a',
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(`--${boundary}\r\n\r\n${value}\r\n--${boundary}--\r\n`),
  });

  it('are of the key, the path and the body', () => {
    const mac = requestMac('key', sent);
    expect(requestMac('key', { ...sent, body: Buffer.from('{"a":1}') })).toEqual(mac);
    expect(requestMac('other', sent)).not.toEqual(mac);
    expect(requestMac('key', { ...sent, path: '/v1/b' })).not.toEqual(mac);
    expect(requestMac('key', { ...sent, body: Buffer.from('{"a":2}') })).not.toEqual(mac);
    expect(nameMac('key', 'a')).not.toEqual(nameMac('other', 'a'));
  });

  it('of a form are the same whatever its boundary', () => {
    expect(requestMac('key', form('one', 'x'))).toEqual(requestMac('key', form('another', 'x')));
    expect(requestMac('key', form('one', 'x'))).not.toEqual(requestMac('key', form('one', 'y')));
  });

  it('of a form take no longer for a boundary that stands in it millions of times', () => {
    const startedAt = performance.now();
    const picture = '--x'.repeat(6_000_000);
    expect(requestMac('key', form('x', picture))).not.toEqual(requestMac('key', form('x', `${picture}y`)));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

it('holds a name for longer than any request takes, with the time to write it down', () => {
  const { firstEventTimeoutMs, timeoutMs, stalledReaderMs } = generationLimits;
  const longestMs = firstEventTimeoutMs + timeoutMs + stalledReaderMs + pipelineLimits.holdMs;
  expect(idempotencyLimits.claimMs).toBeGreaterThan(longestMs);
});
