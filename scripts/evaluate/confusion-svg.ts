import { escaped, svgDocument } from './svg-document.ts';

const CELL = 84;
const LEFT = 96;
const TOP = 64;

/** Rows are what was right, columns what was given; the ground shows the share of the row. */
export function confusionSvg(confusion: readonly (readonly number[])[], labels: readonly string[]): string {
  const heads = labels.map((label, index) => {
    const middle = (index + 0.5) * CELL;
    return (
      `<text class="soft" x="${LEFT + middle}" y="${TOP - 10}" text-anchor="middle">${escaped(label)}</text>` +
      `<text class="soft" x="${LEFT - 10}" y="${TOP + middle}" text-anchor="end" dominant-baseline="middle">${escaped(label)}</text>`
    );
  });
  const cells = confusion.flatMap((row, right) => {
    const all = row.reduce((sum, count) => sum + count, 0) || 1;
    return row.map((count, given) => {
      const [x, y] = [LEFT + given * CELL, TOP + right * CELL];
      const share = count / all;
      return (
        `<rect class="mark" fill-opacity="${(0.08 + 0.5 * share).toFixed(3)}" x="${x + 2}" y="${y + 2}" width="${CELL - 4}" height="${CELL - 4}" rx="6"/>` +
        `<text x="${x + CELL / 2}" y="${y + CELL / 2 - 4}" text-anchor="middle">${count}</text>` +
        `<text class="soft" x="${x + CELL / 2}" y="${y + CELL / 2 + 14}" text-anchor="middle">${(100 * share).toFixed(0)} %</text>`
      );
    });
  });
  const title = `<text x="16" y="24">Right (rows) against given (columns)</text>`;
  const [width, height] = [LEFT + labels.length * CELL + 16, TOP + labels.length * CELL + 16];
  return svgDocument(width, height, 'Confusion matrix', [title, ...heads, ...cells].join('\n'));
}
