import { describe, expect, it } from 'vitest';
import { createStopMatcher } from './stop-matcher.ts';

function told(stop: readonly string[], pieces: readonly string[]) {
  const matcher = createStopMatcher(stop);
  const released: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = matcher.push(piece);
    released.push(text);
    if (stopped) return { released, stopped };
  }
  return { released: [...released, matcher.end()], stopped: false };
}

describe('stop sequences', () => {
  it('end a text before them, over the borders of pieces', () => {
    expect(told(['\n\nUser:'], ['Yes.\n', '\nUs', 'er: and'])).toEqual({
      released: ['Yes.', '', ''],
      stopped: true,
    });
  });

  it('hold back only what may be their beginning, and tell it when it was not', () => {
    expect(told(['abc'], ['xa', 'b', 'd'])).toEqual({ released: ['x', '', 'abd', ''], stopped: false });
  });

  it('give the first of several that occur', () => {
    expect(told(['world', 'lo'], ['hello world'])).toEqual({ released: ['hel'], stopped: true });
  });

  it('tell at the end what was held back', () => {
    expect(told(['###'], ['done ##'])).toEqual({ released: ['done ', '##'], stopped: false });
  });

  it('see a sequence that begins inside of a false start', () => {
    expect(told(['aab'], ['aa', 'ab', '!'])).toEqual({ released: ['', 'a'], stopped: true });
  });
});
