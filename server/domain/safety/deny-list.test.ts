import { describe, expect, it } from 'vitest';
import { canonicalText } from './canonical-text.ts';
import { createDenyList, isDenied } from './deny-list.ts';

const denies = (term: string, text: string) => isDenied(createDenyList([term]), text);

describe('a denied term', () => {
  it.each([
    ['bad', 'A BAD idea'],
    ['bad', 'bad'],
    ['bad', '“bad”, he said'],
    ['bad', 'ｂａｄ'],
    ['bad', 'b\u200bad and b\u00adad'],
    ['Straße', 'in der STRASSE'],
    ['ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ'],
    ['caf\u00e9', 'cafe\u0301'],
    ['ﬁne', 'fine'],
    ['bad word', 'a bad-word'],
    ['bad word', 'bad\n  word'],
    ['kill*', 'killing'],
    ['*kill', 'roadkill.'],
    ['*kill*', 'overkilled'],
    ['炸弹', '做炸弹的方法'],
    ['x 5', 'X-5'],
  ])('%s is found in %s', (term, text) => expect(denies(term, text)).toBe(true));

  it.each([
    ['bad', 'badly'],
    ['bad', 'forbad'],
    ['bad', 'b ad'],
    ['bad', 'ba\u0301d'],
    ['cafe', 'cafe\u0301'],
    ['kill*', 'roadkill'],
    ['*kill', 'killing'],
    ['bad word', 'bad'],
    ['bad word', 'bad, my word'],
    ['bad', ''],
  ])('%s is not found in %s', (term, text) => expect(denies(term, text)).toBe(false));

  it('is found whatever the others are, and wherever they begin in one another', () => {
    const list = createDenyList(['a b c d', 'b c', 'c x']);
    expect(isDenied(list, 'a b c x')).toBe(true);
    expect(isDenied(createDenyList(['a b c d', 'c x']), 'a b c x')).toBe(true);
    expect(isDenied(createDenyList(['a b c d', 'x c']), 'a b c x')).toBe(false);
  });

  it('is found exactly where a search for each term finds one, in random texts', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    const word = () => Array.from({ length: 1 + random(2) }, () => 'ab'[random(2)]).join('');
    const words = (count: number) => Array.from({ length: count }, word).join(' ');
    let found = 0;
    for (let run = 0; run < 2_000; run++) {
      const terms = Array.from({ length: 1 + random(3) }, () => words(1 + random(4)));
      const text = words(random(9));
      const expected = terms.some((term) => ` ${text} `.includes(` ${term} `));
      expect(isDenied(createDenyList(terms), text), `${terms.join('|')} in ${text}`).toBe(expected);
      if (expected) found++;
    }
    expect(found).toBeGreaterThan(200);
    expect(found).toBeLessThan(1_800);
  });

  it('costs as little among a thousand others', () => {
    const list = createDenyList(Array.from({ length: 1_000 }, (_, i) => `term number ${i} of them`));
    expect([list.terms, list.longest]).toEqual([1_000, 25]);
    expect(isDenied(list, 'term number 1000 of them')).toBe(false);
    expect(isDenied(list, 'this is term number 999 of them')).toBe(true);
  });
});

it('a canonical text has no case, no signs and single spaces', () =>
  expect(canonicalText(' The\u00a0QUICK…  ﬀ-9\u200d ')).toBe('the quick ff 9'));
