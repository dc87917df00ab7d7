import { stripped } from '#scripts/models/language-models/punctuation-task.ts';

export interface PunctuationFigures {
  /** Shares of the rows. */
  readonly sameWords: number;
  readonly exact: number;
  /** F1 of the marks behind words, and of the capitals that words begin with. */
  readonly marks: number;
  readonly capitals: number;
}

interface Counts {
  right: number;
  given: number;
  wanted: number;
}

/**
 * Against the text as its author had it. An answer that changed, added or dropped a word gets nothing for its marks and capitals:
 * they stand behind other words.
 */
export function measurePunctuation(
  rows: readonly { readonly answer: string; readonly expected: string }[],
): PunctuationFigures {
  const marks: Counts = { right: 0, given: 0, wanted: 0 };
  const capitals: Counts = { right: 0, given: 0, wanted: 0 };
  let same = 0;
  let exact = 0;
  for (const { answer, expected } of rows) {
    const hasSameWords = stripped(answer) === stripped(expected);
    same += Number(hasSameWords);
    exact += Number(answer === expected);
    const wanted = wordsOf(expected);
    const given = hasSameWords ? wordsOf(answer) : [];
    wanted.forEach((word, index) => {
      count(marks, markOf(given[index]), markOf(word));
      count(capitals, capitalOf(given[index]), capitalOf(word));
    });
  }
  return {
    sameWords: same / rows.length,
    exact: exact / rows.length,
    marks: f1(marks),
    capitals: f1(capitals),
  };
}

/** What needs no model: a capital in front, a full stop behind. */
export function byRule(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => /[A-Za-z]/.test(word));
}

function markOf(word = ''): string {
  return /[,.;:!?]+$/.exec(word)?.[0] ?? '';
}

function capitalOf(word = ''): string {
  return /^[^A-Za-z]*(?<capital>[A-Z])/.exec(word)?.groups?.capital ?? '';
}

function count(counts: Counts, given: string, wanted: string): void {
  counts.given += Number(given !== '');
  counts.wanted += Number(wanted !== '');
  counts.right += Number(wanted !== '' && given === wanted);
}

function f1({ right, given, wanted }: Counts): number {
  return given + wanted === 0 ? 1 : (2 * right) / (given + wanted);
}
