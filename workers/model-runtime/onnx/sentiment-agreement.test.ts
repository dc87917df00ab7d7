import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../model-runtime.ts';
import { openTextClassifier } from './open-text-classifier.ts';

/** Written by scripts/models/references/make-reference-outputs.py: the trained model in floats. */
const reference = JSON.parse(
  readFileSync(new URL('fixtures/sentiment-reference.json', import.meta.url), 'utf8'),
) as { texts: string[]; logits: number[][] };

const folder = new URL('../../models/sentiment', import.meta.url).pathname;
const LABELS = ['negative', 'neutral', 'positive'];

describe('the shipped sentiment model, against transformers in floats', () => {
  it('gives the same label to 99 of 100 texts', async () => {
    const model = await openTextClassifier(folder);
    const outputs = await model.classify(reference.texts.map((text) => ({ text, truncate: false })));
    const differing = outputs.flatMap((output, index) => {
      const logits = reference.logits[index] ?? [];
      const expected = LABELS[logits.indexOf(Math.max(...logits))];
      return !isRefusal(output) && output.label === expected ? [] : [reference.texts[index]];
    });
    expect(outputs.length).toBeGreaterThanOrEqual(300);
    expect(differing.slice(0, outputs.length / 100)).toEqual(differing);
  });
});
