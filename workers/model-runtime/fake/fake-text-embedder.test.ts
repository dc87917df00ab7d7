import { describe, expect, it } from 'vitest';
import { isRefusal, ModelRuntimeError } from '../model-runtime.ts';
import { fakeTextEmbedder } from './fake-text-embedder.ts';

const input = (text: string, truncate = false) => ({ text, truncate });

describe('fakeTextEmbedder', () => {
  it('answers the same text with the same vector of length 1, and counts its words', async () => {
    const model = fakeTextEmbedder();
    const [first, second] = await model.run([input('a good film'), input('a good film')]);
    expect(first).toEqual(second);
    if (!first || isRefusal(first)) throw new Error('refused');
    expect(first.vector).toHaveLength(model.dimensions);
    expect(Math.hypot(...first.vector)).toBeCloseTo(1, 6);
    expect(first.inputTokens).toBe(3);
    expect(model.costBound(input('a good film'))).toBe(3);
  });

  it('refuses one text and answers its neighbour, and truncates when asked', async () => {
    const model = fakeTextEmbedder({ refuseOn: (text) => text === 'long' });
    const [refused, fine, cut] = await model.run([input('long'), input('ok'), input('long', true)]);
    expect(refused).toEqual({ refused: 'input_too_long', tokens: 511, contextTokens: 510 });
    expect(fine).toMatchObject({ truncated: false });
    expect(cut).toMatchObject({ truncated: true });
  });

  it('rejects the whole batch when told to fail, and everything once it is closed', async () => {
    const model = fakeTextEmbedder({ failOn: (text) => text === 'bad' });
    await expect(model.run([input('ok'), input('bad')])).rejects.toBeInstanceOf(ModelRuntimeError);
    await model.close();
    await expect(model.run([input('ok')])).rejects.toBeInstanceOf(ModelRuntimeError);
  });
});
