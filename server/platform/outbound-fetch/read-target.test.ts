import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './public-address.ts';
import { hostOf, publicWeb, readTarget } from './read-target.ts';

describe('readTarget', () => {
  it.each([
    ['', 'malformed'],
    ['cat.jpg', 'malformed'],
    ['//example.com/cat.jpg', 'malformed'],
    ['http://', 'malformed'],
    ['http://999.1.1.1/', 'malformed'],
    ['http://1.2.3.4.5/', 'malformed'],
    ['http://[fe80::1%25eth0]/', 'malformed'],
    ['http://exa mple.com/', 'malformed'],
    [`http://example.com/${'a'.repeat(2_048)}`, 'malformed'],
    ['file:///etc/passwd', 'scheme'],
    ['ftp://example.com/', 'scheme'],
    ['gopher://example.com/', 'scheme'],
    ['data:image/png;base64,AAAA', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['http://ada@example.com/', 'credentials'],
    ['http://:secret@example.com/', 'credentials'],
    ['http://example.com:22/', 'port'],
    ['http://example.com:8080/', 'port'],
    ['https://example.com:0/', 'port'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => readTarget(text, publicWeb)).toThrow(reason);
  });

  it.each([
    ['http://example.com', 'example.com'],
    ['https://example.com:443/cat.jpg?size=2#there', 'example.com'],
    ['http://example.com:443/', 'example.com'],
    ['HTTPS://EXAMPLE.com/', 'example.com'],
    ['http://[2606:4700::1111]/', '2606:4700::1111'],
    ['http://bücher.example/', 'xn--bcher-kva.example'],
  ])('takes %j', (text, host) => {
    expect(hostOf(readTarget(text, publicWeb))).toBe(host);
  });

  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http:\\\\127.0.0.1\\',
  ])('brings %s into a form that is known for what it is', (text) => {
    expect(isPublicAddress(hostOf(readTarget(text, publicWeb)))).toBe(false);
    expect(hostOf(readTarget(text, publicWeb))).toMatch(/^(127\.0\.0\.1|::ffff:7f00:1)$/);
  });

  it('reads a redirect from where it comes', () => {
    const base = new URL('https://example.com/a/b');
    expect(readTarget('../c', publicWeb, base).href).toBe('https://example.com/c');
    expect(readTarget('//example.org/d#e', publicWeb, base).href).toBe('https://example.org/d');
    expect(() => readTarget('ftp:/x', publicWeb, base)).toThrow('scheme');
  });
});
