import { expect, it } from 'vitest';
import { GenerationQueueFullError } from '../text-generator.ts';
import { createAnswerSlots } from './answer-slots.ts';

const { signal } = new AbortController();

/** Who has a slot, in the order in which they got it. */
function line(options: Partial<Parameters<typeof createAnswerSlots>[0]> = {}) {
  const slots = createAnswerSlots({ slots: 2, laneMax: 2, waitingMax: 8, ...options });
  const seated: string[] = [];
  const take = async (lane: string, by: AbortSignal = signal) => {
    const giveBack = await slots.take(lane, by);
    seated.push(lane);
    return giveBack;
  };
  return { take, seated };
}

it('gives a slot that is free to the lane that has fewest', async () => {
  const { take, seated } = line();
  const [first] = await Promise.all([take('flood'), take('flood')]);
  void take('flood');
  const quiet = take('quiet');
  first?.();
  await quiet;
  expect(seated).toEqual(['flood', 'flood', 'quiet']);
});

it('keeps slots that one lane can not have', async () => {
  const { take, seated } = line({ slots: 3, laneMax: 2 });
  const [first] = await Promise.all([take('flood'), take('flood')]);
  const third = take('flood');
  await take('quiet');
  expect(seated).toEqual(['flood', 'flood', 'quiet']);
  first?.();
  first?.();
  await third;
  void take('flood');
  await Promise.resolve();
  expect(seated).toHaveLength(4);
});

it('lets whoever waits leave, and refuses more than may wait', async () => {
  const { take } = line({ slots: 1, waitingMax: 1 });
  const giveBack = await take('a');
  const leaving = new AbortController();
  const waiting = take('b', leaving.signal);
  await expect(take('c')).rejects.toBeInstanceOf(GenerationQueueFullError);
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
  const next = take('c');
  giveBack();
  await next;
});
