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

it('lets what has begun wait for more, however many wait, and takes nobody’s place in the line', async () => {
  const slots = createAnswerSlots({ slots: 1, laneMax: 1, waitingMax: 1 });
  const giveBack = await slots.take('a', signal);
  const more = [slots.takeMore('a', signal), slots.takeMore('a', signal)];
  const other = slots.take('b', signal);
  await expect(slots.take('c', signal)).rejects.toBeInstanceOf(GenerationQueueFullError);
  const third = slots.takeMore('a', signal);
  giveBack();
  for (const waiting of [more[0], more[1], other, third]) (await waiting)?.();
});
