import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { createSequencePool } from './sequence-pool.ts';

const preamble = Array.from({ length: 20 }, (_, i) => 1_000 + i);
const chat = (...tokens: number[]) => [...preamble, ...tokens];
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

function poolOf(sequences: number) {
  const clock = { ms: 1 };
  const pool = createSequencePool({ sequences, preamble, now: () => clock.ms++, keepMs: 100 });
  const use = (lane: string, prompt: readonly number[], adapter: string | null = null) => {
    const taken = pool.take(lane, adapter, prompt);
    if (taken) pool.giveBack(taken.sequence, prompt);
    return taken;
  };
  return { pool, use, clock };
}

describe('sequences', () => {
  it('go on with a conversation where it is, but read a token in any case', () => {
    const { use } = poolOf(2);
    const first = chat(...numbers(0, 30));
    expect(use('a', first)).toEqual({ sequence: 0, cached: 0, copyOf: null });
    expect(use('a', [...first, 7, 8])).toEqual({ sequence: 0, cached: 50, copyOf: null });
    expect(use('a', [...first, 7, 8])).toEqual({ sequence: 0, cached: 51, copyOf: null });
  });

  it("say nothing of another lane's prompt: only the template's words are shared", () => {
    const { use } = poolOf(2);
    const secret = chat(...numbers(0, 30));
    use('a', secret);
    expect(use('b', secret)).toEqual({ sequence: 1, cached: 20, copyOf: 0 });
  });

  it('never go on from what was read with another adapter, not even the words of the template', () => {
    const { use } = poolOf(3);
    const prompt = chat(...numbers(0, 30));
    use('a', prompt);
    expect(use('a', prompt, 'one')).toEqual({ sequence: 1, cached: 0, copyOf: null });
    expect(use('a', prompt, 'other')).toEqual({ sequence: 2, cached: 0, copyOf: null });
    expect(use('a', prompt, 'one')).toEqual({ sequence: 1, cached: 49, copyOf: null });
    expect(use('a', prompt)).toEqual({ sequence: 0, cached: 49, copyOf: null });
  });

  it('keep a conversation when its lane begins another one', () => {
    const { use } = poolOf(2);
    const first = chat(...numbers(0, 60));
    use('a', first);
    expect(use('a', chat(500))).toEqual({ sequence: 1, cached: 20, copyOf: 0 });
    expect(use('a', [...first, 1])).toEqual({ sequence: 0, cached: 80, copyOf: null });
  });

  it('are copied while the one that has read the beginning is taken', () => {
    const { pool } = poolOf(2);
    const prompt = chat(...numbers(0, 30));
    const first = pool.take('a', null, prompt);
    pool.note(first?.sequence ?? -1, prompt);
    expect(pool.take('a', null, prompt)).toEqual({ sequence: 1, cached: 49, copyOf: 0 });
    expect(pool.take('a', null, prompt)).toBeNull();
  });

  it('are taken next to one another, since an engine computes what is consecutive at once', () => {
    const { pool } = poolOf(6);
    const taken = () => pool.take('a', null, [1])?.sequence ?? -1;
    expect(Array.from({ length: 5 }, taken).toSorted()).toEqual([0, 1, 2, 3, 4]);
    pool.giveBack(2, []);
    pool.giveBack(1, []);
    // 5 is longer unused, but would leave the hole.
    expect([taken(), taken()].toSorted()).toEqual([1, 2]);
  });

  it('that were used least recently make room', () => {
    const { use } = poolOf(2);
    use('a', numbers(0, 40));
    use('b', numbers(100, 40));
    expect(use('c', numbers(200, 40))?.sequence).toBe(0);
  });

  it('hold nothing any more once nobody used them for the time that they are kept', () => {
    const { pool, use, clock } = poolOf(2);
    use('a', numbers(0, 40));
    clock.ms += 50;
    expect(pool.expire()).toEqual([]);
    clock.ms += 100;
    expect(pool.expire()).toEqual([0]);
    expect(pool.expire()).toEqual([]);
    expect(use('a', numbers(0, 40))?.cached).toBe(0);
  });

  it.each([1, 2, 3, 4, 5])(
    'are never shared, lost or gone on from wrongly, whoever starts and leaves when (seed %i)',
    (seed) => {
      const random = randomNumbers(seed);
      const below = (most: number) => Math.floor(random() * most);
      const sequences = 1 + below(10);
      const { pool, clock } = poolOf(sequences);
      // What an engine's caches hold, and with which adapter it was read.
      const caches = Array.from({ length: sequences }, () => ({
        tokens: [] as readonly number[],
        adapter: null as string | null,
        lane: '',
      }));
      const taken = new Map<number, readonly number[]>();
      const prompts = Array.from({ length: 6 }, (_, i) => chat(...numbers(100 * (i % 3), 10 + 10 * i)));
      for (let round = 0; round < 800; round++) {
        const isTake = below(2) === 0;
        if (isTake) {
          const prompt = [...(prompts[below(6)] as number[]), ...numbers(900, below(4))];
          const lane = `lane ${below(3)}`;
          const adapter = below(3) === 0 ? 'one' : null;
          const got = pool.take(lane, adapter, prompt);
          expect(got === null).toBe(taken.size === sequences);
          if (!got) continue;
          expect(taken.has(got.sequence)).toBe(false);
          expect(got.cached).toBeLessThan(prompt.length);
          const from = caches[got.copyOf ?? got.sequence] as (typeof caches)[number];
          expect(from.tokens.slice(0, got.cached)).toEqual(prompt.slice(0, got.cached));
          if (got.cached > 0) expect(from.adapter).toBe(adapter);
          if (got.cached > preamble.length) expect(from.lane).toBe(lane);
          caches[got.sequence] = { tokens: prompt.slice(0, got.cached), adapter, lane };
          taken.set(got.sequence, prompt);
          continue;
        }
        const [sequence, prompt] = [...taken][below(taken.size)] ?? [];
        if (sequence === undefined || !prompt) continue;
        const cache = caches[sequence] as (typeof caches)[number];
        cache.tokens = prompt.slice(0, cache.tokens.length + below(prompt.length));
        if (below(2) === 0) {
          pool.note(sequence, cache.tokens);
        } else {
          if (below(8) === 0) cache.tokens = [];
          pool.giveBack(sequence, cache.tokens);
          taken.delete(sequence);
        }
        if (below(50) === 0) {
          clock.ms += 120;
          for (const old of pool.expire()) {
            expect(taken.has(old)).toBe(false);
            (caches[old] as (typeof caches)[number]).tokens = [];
          }
        }
      }
      for (const [sequence, prompt] of taken) pool.giveBack(sequence, prompt);
      const all = Array.from({ length: sequences }, () => pool.take('last', null, [1])?.sequence);
      expect(all.toSorted()).toEqual([...all.keys()].toSorted());
      expect(pool.take('last', null, [1])).toBeNull();
    },
  );
});
