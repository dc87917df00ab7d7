import { describe, expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';

describe('clientAddress', () => {
  it('gives one address to 50 forged headers, when no proxy is trusted', () => {
    const forged = Array.from(
      { length: 50 },
      (_, index) =>
        [
          `198.51.100.${index}`,
          `2001:db8:${index}::1`,
          `198.51.100.${index}, 203.0.113.9`,
          'unknown',
          `"${index}"`,
        ][index % 5],
    );
    const seen = new Set(
      forged.map((forwardedFor) =>
        clientAddress({ remoteAddress: '192.0.2.7', forwardedFor, trustedHops: 0 }),
      ),
    );
    expect([...seen]).toEqual(['192.0.2.7']);
  });

  it('gives one address to 50 forged headers behind one proxy, which appends what it saw', () => {
    const seen = Array.from({ length: 50 }, (_, index) =>
      clientAddress({
        remoteAddress: '10.0.0.1',
        forwardedFor: `198.51.100.${index}, 203.0.113.9`,
        trustedHops: 1,
      }),
    );
    expect(new Set(seen)).toEqual(new Set(['203.0.113.9']));
  });

  it.each([
    ['an IPv4 address', '192.0.2.7', undefined, 0, '192.0.2.7'],
    ['an IPv4 address in IPv6 clothes', '::ffff:192.0.2.7', undefined, 0, '192.0.2.7'],
    ['the same, as a proxy writes it', '10.0.0.1', '::FFFF:c000:0207', 1, '192.0.2.7'],
    ['an IPv6 address, cut to its network', '2001:db8:1:2:3:4:5:6', undefined, 0, '2001:db8:1:2::/64'],
    ['the same network, written shorter', '2001:DB8:1:2::9', undefined, 0, '2001:db8:1:2::/64'],
    ['a zone', 'fe80::1%eth0', undefined, 0, 'fe80:0:0:0::/64'],
    ['the loopback', '::1', undefined, 0, '0:0:0:0::/64'],
    ['no socket', undefined, '203.0.113.9', 0, 'unknown'],
    ['two proxies', '10.0.0.2', '203.0.113.9, 10.0.0.1', 2, '203.0.113.9'],
    ['a chain too short for the proxies', '192.0.2.7', '203.0.113.9', 2, '192.0.2.7'],
    ['no header behind a proxy', '192.0.2.7', undefined, 1, '192.0.2.7'],
    ['a port', '10.0.0.1', '203.0.113.9:4711', 1, '203.0.113.9'],
    ['an IPv6 address with a port', '10.0.0.1', '[2001:db8:1:2::9]:4711', 1, '2001:db8:1:2::/64'],
    ['nonsense from the proxy', '10.0.0.1', '<script>', 1, 'unknown'],
  ])('%s', (_, remoteAddress, forwardedFor, trustedHops, expected) => {
    expect(clientAddress({ remoteAddress, forwardedFor, trustedHops })).toBe(expected);
  });
});
