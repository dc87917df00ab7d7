import { describe, expect, it } from 'vitest';
import type { JudgedToken } from '../language-models/judge-next-tokens.ts';
import { languageReport } from './language-report.ts';

const token = (nats: number, right = true): JudgedToken => ({ id: 1, nats, choice: right ? 1 : 2 });

describe('the report on a language model', () => {
  it('of a choice among four, each right half of the time', () => {
    const judged = Array.from({ length: 128 }, (_, index) => token(Math.log(4), index % 2 === 0));
    const report = languageReport(judged, 512);
    expect(report).toMatchObject({ tokens: 128, bytes: 512, accuracy: 0.5 });
    expect(report.perplexity).toBeCloseTo(4, 12);
    expect(report.bitsPerByte).toBeCloseTo(0.5, 12);
    expect(report.perplexityInterval[0]).toBeCloseTo(4, 12);
  });

  it('is less sure the more stretches of the text differ', () => {
    const width = (spread: number) => {
      const judged = Array.from({ length: 640 }, (_, index) =>
        token(2 + (Math.floor(index / 64) % 2) * spread),
      );
      const [low, high] = languageReport(judged, 1000).perplexityInterval;
      return high - low;
    };
    expect(width(2)).toBeGreaterThan(2 * width(0.5));
  });

  it('says nothing of its precision after one stretch', () => {
    expect(languageReport([token(1)], 4).perplexityInterval).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
