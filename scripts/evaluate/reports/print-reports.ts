import type { FoldFigures } from '../texts/cross-validate-bag-of-words.ts';
import type { Evaluation } from './evaluation.ts';
import type { Report } from './report.ts';

const COLUMNS = [
  'source',
  'n',
  'accuracy',
  '95 %',
  'two-class',
  'precision',
  'recall',
  'F1',
  'ROC-AUC',
  'ECE',
];

const LABELS_IN_A_TABLE = 12;
const MISTAKES = 20;

export function printReports({ model, digest, data, all, sources, bagOfWords: folds }: Evaluation): void {
  console.log(`${model} (${digest.slice(0, 8)}) on ${data}\n`);
  const rows = [...Object.entries(sources), ['all', all] as const].map(([name, report]) =>
    cells(name, report),
  );
  table([COLUMNS, ...rows]);
  console.log('\nprecision, recall, F1 and ROC-AUC are means over the labels; by label, all rows:\n');
  table([
    ['label', 'n', 'precision', 'recall', 'F1', 'ROC-AUC'],
    ...Object.entries(all.classes).map(([label, { n, precision, recall, f1, rocAuc }]) => [
      label,
      String(n),
      ...[precision, recall, f1, rocAuc].map(number),
    ]),
  ]);
  printConfusion(all.confusion, Object.keys(all.classes));
  if (all.top5 !== undefined) console.log(`\namong the first five: ${number(all.top5)}`);
  const alone = all.top5 === undefined ? '16 tokens' : 'a picture';
  console.log(
    `\n${all.msP50.toFixed(2)} ms for ${alone} alone (median), ${(all.sizeBytes / 1e6).toFixed(1)} MB`,
  );
  if (!folds) return;
  const shown = ({ mean, deviation }: FoldFigures['accuracy']) => `${number(mean)} ± ${number(deviation)}`;
  console.log(
    `bag of words, ${folds.folds}-fold on the same rows: accuracy ${shown(folds.accuracy)}, macro recall ${shown(folds.macroRecall)}`,
  );
}

/** As a table where it fits a screen; else what is taken for what, most often first. */
function printConfusion(confusion: Report['confusion'], labels: readonly string[]): void {
  if (labels.length <= LABELS_IN_A_TABLE) {
    console.log('\nright (rows) against given (columns):\n');
    table([['', ...labels], ...confusion.map((row, index) => [labels[index] ?? '', ...row.map(String)])]);
    return;
  }
  console.log('\nmost often taken for another:\n');
  const mistakes = confusion
    .flatMap((row, right) => row.map((count, given) => ({ right, given, count })))
    .filter(({ right, given, count }) => right !== given && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MISTAKES);
  table([
    ['right', 'given', 'n'],
    ...mistakes.map(({ right, given, count }) => [labels[right] ?? '', labels[given] ?? '', String(count)]),
  ]);
}

function cells(name: string, report: Report): string[] {
  const [low, high] = report.intervals.accuracy;
  const { accuracyTwoClass, macroPrecision, macroRecall, macroF1, macroRocAuc, ece } = report;
  return [
    name,
    String(report.n),
    number(report.accuracy),
    `${number(low)}-${number(high)}`,
    ...[accuracyTwoClass, macroPrecision, macroRecall, macroF1, macroRocAuc, ece].map(number),
  ];
}

function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

/** The first column to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const line = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(line.join('  ').trimEnd());
  }
}
