import { describe, expect, it } from 'vitest';
import { deriveSecret } from './derived-secrets.ts';
import { createSeal } from './seal.ts';

const seal = createSeal(deriveSecret('master', 'mail-seal'));

describe('seal', () => {
  it('opens what it sealed, and never seals twice alike', () => {
    const texts = ['', 'Follow #token=abc', '🦉'.repeat(5_000)];
    for (const text of texts) expect(seal.open(seal.seal(text))).toBe(text);
    expect(seal.seal('same')).not.toBe(seal.seal('same'));
    expect(Buffer.from(seal.seal('marked'), 'base64').toString('latin1')).not.toContain('marked');
  });

  it('refuses what was changed, cut, or sealed under another secret', () => {
    const unauthentic = /authenticat|tag/i;
    const sealed = Buffer.from(seal.seal('text'), 'base64');
    const changed = Buffer.from(sealed);
    changed[sealed.length - 1] = (changed[sealed.length - 1] ?? 0) ^ 1;
    expect(() => seal.open(changed.toString('base64'))).toThrow(unauthentic);
    expect(() => seal.open(sealed.subarray(0, 20).toString('base64'))).toThrow(unauthentic);
    const other = createSeal(deriveSecret('another', 'mail-seal'));
    expect(() => other.open(sealed.toString('base64'))).toThrow(unauthentic);
  });

  it('has a key of its own for each purpose', () => {
    const purposes = ['mail-seal', 'webhook-seal', 'blob-seal', 'session-cookie', 'subject-hash'] as const;
    const keys = purposes.map((purpose) => deriveSecret('master', purpose).toString('hex'));
    expect(new Set(keys).size).toBe(purposes.length);
  });
});
