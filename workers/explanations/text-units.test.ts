import { describe, expect, it } from 'vitest';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/reading/text-tokenizer.ts';
import { maskedText, textUnits } from './text-units.ts';

const words = (text: string, unitsMax = 64) => textUnits(text, unitsMax).map((unit) => unit.text);

describe('the units of a text', () => {
  it('are its words and marks, with their places', () => {
    expect(words("It isn't bad, really! 🙂")).toEqual(['It', "isn't", 'bad', ',', 'really', '!', '🙂']);
    for (const { text, start, end } of textUnits('  Two  words ', 64)) {
      expect('  Two  words '.slice(start, end)).toBe(text);
    }
  });

  it('take neighbours together where there are many', () => {
    const text = Array.from({ length: 100 }, (_, index) => `w${index}`).join(' ');
    const units = textUnits(text, 16);
    expect(units.length).toBeLessThanOrEqual(16);
    expect(units.map((unit) => unit.text).join(' ')).toBe(text);
  });

  it.each(['', '   ', '\u200b', '👩‍👩‍👧‍👦', 'שלום עולם', '好电影', 'a\u0301', '\u202eabc'])(
    'never throw: %j',
    (text) => {
      for (const { start, end } of textUnits(text, 8)) expect(end).toBeGreaterThan(start);
    },
  );
});

describe('a masked text', () => {
  it('of all units is what the model reads of the text, whatever stands between them', async () => {
    const { tokenize } = await loadTextTokenizer(new URL('../models/sentiment', import.meta.url).pathname);
    for (let code = 0; code < 0x10000; code++) {
      const text = `good${String.fromCharCode(code)}day`;
      if (!/\s/.test(text)) continue;
      const units = textUnits(text, 64);
      const all = maskedText(text, units, new Uint8Array(units.length).fill(1));
      expect(tokenize(all), `U+${code.toString(16)}`).toEqual(tokenize(text));
    }
  });

  it('leaves out what the mask takes out', () => {
    const text = 'not  a bad film';
    const units = textUnits(text, 64);
    expect(maskedText(text, units, Uint8Array.of(1, 1, 1, 1))).toBe('not a bad film');
    expect(maskedText(text, units, Uint8Array.of(0, 1, 0, 1))).toBe('a film');
    expect(maskedText(text, units, Uint8Array.of(0, 0, 0, 0))).toBe('');
  });
});
