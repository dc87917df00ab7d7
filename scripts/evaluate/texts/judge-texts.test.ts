import { describe, expect, it } from 'vitest';
import type { TextInput } from '#workers/model-runtime/model-runtime.ts';
import { openTextClassifier } from '#workers/model-runtime/onnx/open-text-classifier.ts';
import { judgeTexts } from './judge-texts.ts';

const LABELS = ['negative', 'neutral', 'positive'];

describe('judging texts', () => {
  it('answers empty, blank and huge texts, in their order', async () => {
    const model = await openTextClassifier('workers/models/sentiment');
    const longest: number[] = [];
    const watched = {
      classify(inputs: readonly TextInput[]) {
        longest.push(...inputs.map(({ text }) => text.length));
        return model.classify(inputs);
      },
    };
    const texts = [
      '',
      ' \u00a0\t',
      'I love it. '.repeat(3_000_000),
      'I love it. '.repeat(200),
      '\u0000\u202e',
      '👩‍👩‍👧 שלום',
    ];
    const rows = texts.map((text, label) => ({ text, label: label % 3 }));
    const judged = await judgeTexts(watched, rows, LABELS);
    expect(judged.map(({ label }) => label)).toEqual(rows.map(({ label }) => label));
    for (const { scores } of judged) expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
    // What is beyond the context changes nothing, and is never split into tokens.
    expect(judged[2]?.scores).toEqual(judged[3]?.scores);
    expect(Math.max(...longest)).toBeLessThanOrEqual(100_000);
  });
});
