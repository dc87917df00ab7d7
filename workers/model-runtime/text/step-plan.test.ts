import { describe, expect, it } from 'vitest';
import { planStep } from './step-plan.ts';

const bounds = { tokensMax: 16, promptTokensMax: 4 };
const going = (name: string, unread = 1, lastStep = 0) => ({
  name,
  lane: name[0] as string,
  unread,
  lastStep,
});
const plan = (...all: ReturnType<typeof going>[]) =>
  planStep(all, bounds).map(({ going: { name }, tokens }) => `${name} ${tokens}`);

describe('the plan of a step', () => {
  it('takes all of a lane that is alone', () => {
    expect(plan(going('a1'), going('a2'), going('a3'))).toEqual(['a1 1', 'a2 1', 'a3 1']);
  });

  it('gives lanes the same share, those first that waited longest', () => {
    expect(plan(going('a1', 1, 3), going('a2', 1, 1), going('a3', 1, 2), going('b1', 1, 3))).toEqual([
      'a2 1',
      'b1 1',
    ]);
  });

  it('reads a prompt as fast as it can while nobody writes', () => {
    expect(plan(going('a1', 100))).toEqual(['a1 16']);
  });

  it('reads prompts in small pieces while answers are written', () => {
    expect(plan(going('a1'), going('a2', 100), going('a3', 100))).toEqual(['a1 1', 'a2 4']);
  });

  it('reads as much of the prompts of each lane, whoever came first', () => {
    expect(plan(going('a1', 100), going('b1', 100))).toEqual(['a1 8', 'b1 8']);
    expect(plan(going('a1', 100), going('b1', 3), going('c1'))).toEqual(['c1 1', 'b1 2', 'a1 2']);
  });

  it('gives a lane what another one has no use for', () => {
    expect(plan(going('a1', 100), going('b1', 3))).toEqual(['b1 3', 'a1 13']);
  });

  it('reads of every lane before long, even where a step has less room than lanes', () => {
    const lanes = ['a', 'b', 'c', 'd', 'e', 'f'].map((lane) => ({ ...going(`${lane}1`, 100), read: 0 }));
    const writing = going('w1');
    for (let step = 1; step <= 12; step++) {
      for (const { going: one, tokens } of planStep([writing, ...lanes], bounds)) {
        Object.assign(one, { lastStep: step, unread: one === writing ? 1 : one.unread - tokens });
      }
    }
    expect(Math.max(...lanes.map(({ unread }) => unread))).toBeLessThan(100);
  });

  it('never has more tokens than a step takes', () => {
    const many = Array.from({ length: 40 }, (_, index) => going(`a${index}`));
    expect(planStep(many, bounds)).toHaveLength(16);
  });
});
