import { describe, expect, it } from 'vitest';
import { createDenyList } from '#server/domain/safety/deny-list.ts';
import type { TokenLogprob } from '#workers/model-runtime/text-generator.ts';
import type { AnswerGuard } from './answer-guard.ts';
import { createCheckGuard, inSeries } from './check-guard.ts';
import { createDenyGuard } from './deny-guard.ts';

const deny = (...terms: string[]) => createDenyGuard(createDenyList(terms));

async function told(guard: AnswerGuard, pieces: readonly string[], withTokens = false) {
  const texts: string[] = [];
  const tokens: string[] = [];
  const take = ({ pieces: given }: Awaited<ReturnType<AnswerGuard['end']>>) => {
    texts.push(given.map(({ text }) => text).join(''));
    tokens.push(...given.flatMap(({ logprobs }) => logprobs ?? []).map(({ token }) => token));
  };
  for (const text of pieces) {
    const guarded = await guard.push({ text, logprobs: withTokens ? [tokenOf(text)] : null });
    take(guarded);
    if (guarded.stopped) return { texts, tokens, stopped: true };
  }
  const last = await guard.end();
  take(last);
  return { texts, tokens, stopped: last.stopped };
}

function tokenOf(token: string): TokenLogprob {
  return { id: 1, token, bytes: [], logprob: -1, alternatives: [] };
}

describe('a deny list on an answer', () => {
  it('ends it before a term, over the borders of tokens', async () =>
    expect(await told(deny('bad word'), ['It is a b', 'ad', ' wo', 'rd', ' indeed'])).toEqual({
      texts: ['It is a ', '', '', '', ''],
      tokens: [],
      stopped: true,
    }));

  it('holds back only what may be a term, and tells it when it was not', async () => {
    const { texts, stopped } = await told(deny('bad'), ['so ', 'ba', 'd', 'ly ', 'done ba']);
    expect(texts).toEqual(['so ', '', '', 'badly ', 'done ', 'ba']);
    expect(stopped).toBe(false);
  });

  it('ends it at its very end, and at its very beginning', async () => {
    expect(await told(deny('bad'), ['so ', 'bad'])).toMatchObject({ texts: ['so ', '', ''], stopped: true });
    expect(await told(deny('bad'), [' Bad', '!'])).toMatchObject({ texts: [' ', ''], stopped: true });
  });

  it('keeps the tokens of what it holds back, and tells none of a term', async () => {
    const { texts, tokens, stopped } = await told(
      deny('bad word'),
      ['a', ' bad', ' day', ' bad', ' word'],
      true,
    );
    expect(texts.join('')).toBe('a bad day');
    expect(tokens).toEqual(['a', ' bad', ' day']);
    expect(stopped).toBe(true);
  });

  it('keeps tokens without a text for the text that they are of', async () => {
    const guard = deny('bad');
    const early = await guard.push({ text: '', logprobs: [tokenOf(' bad')] });
    expect(early).toEqual({ pieces: [], stopped: false });
    const after = await guard.push({ text: ' bad!', logprobs: [tokenOf('!')] });
    expect(after).toEqual({ pieces: [], stopped: true });
  });

  it('tells the same, however the answer is cut into pieces', async () => {
    const answer = 'The bád bad-tempered ＢＡ\u200bＤ  thing was bad wording, not a Bad\nWord. End';
    const guardOf = () => deny('bad word', 'temper*x', 'thing');
    const whole = await told(guardOf(), [answer]);
    expect(whole.texts.join('')).toBe('The bád bad-tempered ＢＡ\u200bＤ  ');
    for (let size = 1; size < answer.length; size++) {
      const pieces = answer.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
      const cut = await told(guardOf(), pieces);
      expect([cut.texts.join(''), cut.stopped], String(size)).toEqual([whole.texts.join(''), true]);
    }
  });

  it('tells all of an answer that has none of its terms, however long', async () => {
    const pieces = Array.from({ length: 5_000 }, (_, i) => ` word${i % 97}`);
    const { texts, stopped } = await told(deny('word5 word7', 'x'), pieces);
    expect([texts.join(''), stopped]).toEqual([pieces.join(''), false]);
  });
});

describe('a check of an answer', () => {
  const checking = () => {
    const checked: string[] = [];
    const guard = createCheckGuard(async (text) => {
      checked.push(text);
      return !text.includes('awful');
    });
    return { checked, guard };
  };

  it('sees it sentence by sentence, and ends it before one that may not be told', async () => {
    const { checked, guard } = checking();
    const { texts, stopped } = await told(guard, [
      'All',
      ' good. And',
      ' so',
      ' on! This is awful.',
      ' More',
    ]);
    expect(texts).toEqual(['', 'All good. ', '', 'And so on! ', '']);
    expect(checked).toEqual(['All good. ', 'And so on! ', 'This is awful. ']);
    expect(stopped).toBe(true);
  });

  it('sees a text without sentences by its parts, and the rest at the end', async () => {
    const { checked, guard } = checking();
    const { texts, stopped } = await told(guard, ['x'.repeat(399), 'y', 'z']);
    expect(texts).toEqual(['', `${'x'.repeat(399)}y`, '', 'z']);
    expect([checked.length, stopped]).toEqual([2, false]);
  });

  it('stands behind the deny list, which ends what it has let through', async () => {
    const { checked, guard } = checking();
    const { texts, stopped } = await told(inSeries(deny('bad'), guard), ['Fine. Then', ' bad', ' end']);
    expect([texts.join(''), stopped]).toEqual(['Fine. Then ', true]);
    expect(checked).toEqual(['Fine. ', 'Then ']);
  });
});
