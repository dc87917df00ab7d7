import type { FoldFigures } from './cross-validate-bag-of-words.ts';
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
  console.log('\nright (rows) against given (columns):\n');
  const labels = Object.keys(all.classes);
  table([['', ...labels], ...all.confusion.map((row, index) => [labels[index] ?? '', ...row.map(String)])]);
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
