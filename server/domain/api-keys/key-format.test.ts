import { describe, expect, it } from 'vitest';
import { displayPrefix, generateApiKey, hashApiKey, parseApiKey } from './key-format.ts';

describe('key format', () => {
  it('parses the id out of a key that it made', () => {
    const made = generateApiKey('live');
    expect(parseApiKey(made.key)).toEqual({ id: made.id });
    expect(made.key.startsWith(`${displayPrefix('live', made.id)}_`)).toBe(true);
    expect(hashApiKey(made.key).equals(made.secretHash)).toBe(true);
  });

  it('refuses a key with any one character changed', () => {
    const { key } = generateApiKey('short_lived');
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === 'A' ? 'B' : 'A';
      expect(parseApiKey(key.slice(0, at) + other + key.slice(at + 1)), `character ${at}`).toBeNull();
    }
  });

  it.each(['', 'my_live', 'my_live_abc_def_ghi', ' ', '\u0000', 'x'.repeat(100_000)])('refuses %j', (key) => {
    expect(parseApiKey(key)).toBeNull();
  });

  it('never makes the same key twice', () => {
    const keys = new Set(Array.from({ length: 2_000 }, () => generateApiKey('live').key));
    expect(keys.size).toBe(2_000);
  });
});
