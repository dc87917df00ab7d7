import { describe, expect, it } from 'vitest';
import { confusionSvg } from './confusion-svg.ts';
import { reliabilitySvg } from './reliability-svg.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where the texts of a picture stand; what is turned says so by a transform. */
function texts(svg: string): (Place & { readonly text: string; readonly isTurned: boolean })[] {
  return [...svg.matchAll(/<text([^>]*)>(?:<title>[^<]*<\/title>)?([^<]*)<\/text>/g)].map(
    ([, attributes = '', text = '']) => {
      const [, x, y] =
        /translate\(([\d.]+) ([\d.]+)\)/.exec(attributes) ??
        / x="([\d.]+)" y="([\d.]+)"/.exec(attributes) ??
        [];
      return { text, x: Number(x), y: Number(y), isTurned: attributes.includes('rotate') };
    },
  );
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

const isWellFormed = (svg: string) => !/<(?![/a-z])/.test(svg) && !/&(?!#\d+;)/.test(svg);
const confusionOf = (labels: readonly string[]) =>
  confusionSvg(
    labels.map((_, right) => labels.map((_label, given) => (right === given ? 500 : given % 2))),
    labels,
  );

describe('a confusion matrix', () => {
  it('has room for its labels, and stands them upright where they are wider than a column', () => {
    const labels = ['American Staffordshire terrier', 'Egyptian cat', 'crane (n02012849)'];
    const svg = confusionOf(labels);
    const heads = texts(svg).filter(({ text }) => text === 'crane (n02012849)');
    expect(heads.map(({ isTurned }) => isTurned)).toEqual([true, false]);
    // To the left of its row and above its column there is as much as its letters take.
    const wide = 16 * 6.5;
    expect(heads[1]?.x).toBeGreaterThan(wide);
    expect(heads[0]?.y).toBeGreaterThan(wide + 24);
    expect(confusionOf(['negative', 'neutral'])).not.toContain('rotate');
  });

  it('shortens a label that is very long, and keeps it whole in its tooltip', () => {
    const long = `a${' very'.repeat(20)} long & <odd> label`;
    const svg = confusionOf([long, 'short']);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).toContain('a very very very very very …</text>');
    expect(svg).toContain(' long &#38; &#60;odd&#62; label</title>');
    expect(sizeOf(svg).width).toBeLessThan(450);
  });

  it('never says none of what there is', () => {
    const svg = confusionSvg(
      [
        [999, 1],
        [0, 10],
      ],
      ['a', 'b'],
    );
    expect(isWellFormed(svg)).toBe(true);
    expect(texts(svg).map(({ text }) => text)).toContain('&#60; 1 %');
    expect(texts(svg).filter(({ text }) => text === '0 %')).toHaveLength(1);
  });

  it('of a thousand labels leaves the figures and what is empty out', () => {
    const labels = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
    const counts = labels.map((_, right) => labels.map((_label, given) => Number(right === given)));
    const svg = confusionSvg(counts, labels);
    expect(svg.length).toBeLessThan(1_000_000);
    expect(sizeOf(svg).width).toBeLessThan(20_000);
    expect(svg).toContain('class 7 called class 7: 1 (100 %)');
  });
});

describe('a reliability diagram', () => {
  const bins = [0.4, 0.7, 0.95].map((confidence) => ({ confidence, accuracy: confidence - 0.1, n: 10 }));
  const svg = reliabilitySvg(bins, 0.1);

  it('names its axes, and keeps its texts inside', () => {
    expect(isWellFormed(svg)).toBe(true);
    const { width, height } = sizeOf(svg);
    const named = texts(svg);
    expect(named.map(({ text }) => text)).toEqual(expect.arrayContaining(['confidence', 'accuracy']));
    const title = named.find(({ text }) => text.startsWith('Accuracy by confidence'));
    expect((title?.x ?? 0) + 6.5 * (title?.text.length ?? 0)).toBeLessThan(width);
    expect(Math.max(...named.map(({ y }) => y))).toBeLessThan(height);
  });

  it('tells the line of a calibrated model from the grid', () => {
    expect(svg).toMatch(/class="ideal"/);
  });
});
