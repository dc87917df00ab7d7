import { escaped, svgDocument } from './svg-document.ts';

const MARGIN = 16;
const TITLE = 24;
/** Of a letter in 12 pixels; the widest ones are wider, but a word of those alone is rare. */
const LETTER = 7;
const LETTERS_MAX = 28;
/** With figures in it. */
const CELL = 84;
/** Without: more labels than this would be a picture of many thousand pixels. */
const LABELS_WITH_FIGURES = 24;
const SMALL_CELL = 16;

/** Rows are what was right, columns what was given; the ground shows the share of the row. */
export function confusionSvg(confusion: readonly (readonly number[])[], labels: readonly string[]): string {
  const hasFigures = labels.length <= LABELS_WITH_FIGURES;
  const cell = hasFigures ? CELL : SMALL_CELL;
  const longest = LETTER * Math.max(...labels.map((label) => shortened(label).length));
  // Heads that are wider than their columns stand upright.
  const upright = longest > cell - 8;
  const left = MARGIN + longest + 10;
  const top = TITLE + 24 + (upright ? longest : 12);
  const heads = labels.map((label, index) => {
    const middle = (index + 0.5) * cell;
    const place = upright
      ? `transform="translate(${left + middle} ${top - 10}) rotate(-90)" dominant-baseline="middle"`
      : `x="${left + middle}" y="${top - 10}" text-anchor="middle"`;
    return (
      `<text class="soft" ${place}>${named(label)}</text>` +
      `<text class="soft" x="${left - 10}" y="${top + middle}" text-anchor="end" dominant-baseline="middle">${named(label)}</text>`
    );
  });
  const cells = confusion.flatMap((row, right) => {
    const all = row.reduce((sum, count) => sum + count, 0) || 1;
    return row.map((count, given) => {
      // Many labels have many empty cells, which say nothing.
      if (!hasFigures && count === 0) return '';
      const share = count / all;
      const [x, y] = [left + given * cell, top + right * cell];
      const gap = hasFigures ? 2 : 0.5;
      const said = `${labels[right]} called ${labels[given]}: ${count} (${percent(share)})`;
      const ground =
        `<rect class="mark" fill-opacity="${(0.08 + 0.5 * share).toFixed(3)}" x="${x + gap}" y="${y + gap}" width="${cell - 2 * gap}" height="${cell - 2 * gap}" rx="${hasFigures ? 6 : 1}">` +
        `<title>${escaped(said)}</title></rect>`;
      if (!hasFigures) return ground;
      return (
        `${ground}<text x="${x + cell / 2}" y="${y + cell / 2 - 4}" text-anchor="middle">${count}</text>` +
        `<text class="share" x="${x + cell / 2}" y="${y + cell / 2 + 14}" text-anchor="middle">${escaped(percent(share))}</text>`
      );
    });
  });
  const title = `<text x="${MARGIN}" y="${TITLE}">Right (rows) against given (columns)</text>`;
  const [width, height] = [left, top].map((start) => start + labels.length * cell + MARGIN) as [
    number,
    number,
  ];
  return svgDocument(
    Math.max(width, 260),
    height,
    'Confusion matrix',
    [title, ...heads, ...cells].filter(Boolean).join('\n'),
  );
}

/** Of what there is, never none. */
function percent(share: number): string {
  const rounded = (100 * share).toFixed(0);
  return share > 0 && rounded === '0' ? '< 1 %' : `${rounded} %`;
}

function named(label: string): string {
  const short = shortened(label);
  return short === label ? escaped(label) : `<title>${escaped(label)}</title>${escaped(short)}`;
}

function shortened(label: string): string {
  const letters = [...label];
  return letters.length > LETTERS_MAX ? `${letters.slice(0, LETTERS_MAX - 1).join('')}…` : label;
}
