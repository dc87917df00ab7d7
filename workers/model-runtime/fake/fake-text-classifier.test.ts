import { describe, expect, it } from 'vitest';
import { isRefusal, ModelRuntimeError } from '../model-runtime.ts';
import { fakeTextClassifier } from './fake-text-classifier.ts';

const input = (text: string, truncate = false) => ({ text, truncate });

describe('fakeTextClassifier', () => {
  it('answers the same text with the same scores, which add up to 1', async () => {
    const [first, second] = await fakeTextClassifier().run([input('good'), input('good')]);
    expect(first).toEqual(second);
    if (!first || isRefusal(first)) throw new Error('refused');
    expect(Object.values(first.scores).reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 12);
    expect(first.inputTokens).toBe(1);
  });

  it.each([
    [undefined, 1],
    [false, 0],
  ])('keeps what it was sent, unless told otherwise (%s)', async (keepsInputs, kept) => {
    const model = fakeTextClassifier(keepsInputs === undefined ? {} : { keepsInputs });
    await model.run([input('good')]);
    expect(model.batches).toHaveLength(kept);
  });

  it('rejects the whole batch when told to fail', async () => {
    const model = fakeTextClassifier({ failOn: (text) => text === 'bad' });
    await expect(model.run([input('ok'), input('bad')])).rejects.toBeInstanceOf(ModelRuntimeError);
  });

  it('refuses one text and answers its neighbour, and truncates when asked', async () => {
    const model = fakeTextClassifier({ refuseOn: (text) => text === 'long', contextTokens: 7 });
    const [refused, fine, cut] = await model.run([input('long'), input('ok'), input('long', true)]);
    expect(refused).toEqual({ refused: 'input_too_long', tokens: 8, contextTokens: 7 });
    expect(fine).toMatchObject({ truncated: false });
    expect(cut).toMatchObject({ truncated: true });
  });

  it('stops waiting when the batch is aborted', async () => {
    const model = fakeTextClassifier({ latencyMs: 60_000 });
    const run = model.run([input('slow')], AbortSignal.timeout(5));
    await expect(run).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
