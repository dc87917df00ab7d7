import { describe, expect, it } from 'vitest';
import { tokenBytes } from './token-bytes.ts';

describe('the bytes of a token', () => {
  it('of a byte-level vocabulary are those that its characters stand for', () => {
    expect([...tokenBytes('Ġthe', true)]).toEqual([0x20, 0x74, 0x68, 0x65]);
    expect(Buffer.from(tokenBytes('ĠðŁĻĤ', true)).toString('utf8')).toBe(' 🙂');
    expect([...tokenBytes('Ċ', true)]).toEqual([0x0a]);
  });

  it('of another vocabulary are its text, with spaces and single bytes undone', () => {
    expect(Buffer.from(tokenBytes('▁the', false)).toString('utf8')).toBe(' the');
    expect([...tokenBytes('<0x0A>', false)]).toEqual([0x0a]);
  });
});
