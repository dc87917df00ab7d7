import { EvaluationError } from '../evaluation-error.ts';
import { readTextFile } from '../read-text-file.ts';

export interface EvaluationRow {
  readonly source: string;
  readonly label: number; // position among the model's labels
  readonly text: string;
}

const COLUMNS = ['source', 'label', 'text'] as const;

/**
 * A TSV, gzipped or not, whose first line names its columns; more than the three are allowed. There is no quoting: a cell is
 * what stands between two tabs.
 */
export function readEvaluationRows(file: string, labels: readonly string[]): EvaluationRow[] {
  const lines = readTextFile(file).split('\n');
  const header = (lines[0] ?? '').trimEnd().split('\t');
  const places = COLUMNS.map((name) => header.indexOf(name));
  const missing = COLUMNS.filter((_, index) => places[index] === -1);
  if (missing.length > 0) {
    throw new EvaluationError(
      `${file}: its first line has no column ${missing.join(', ')}. It names source, label and text, separated by tabs.`,
    );
  }
  const twice = COLUMNS.filter((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice.length > 0) {
    throw new EvaluationError(`${file}: its first line has the column ${twice.join(', ')} twice.`);
  }
  const rows = lines.slice(1).flatMap((line, index): EvaluationRow[] => {
    if (line.trim() === '') return [];
    const cells = line.replace(/\r$/, '').split('\t');
    const [source, name, text] = places.map((place) => cells[place]);
    const label = labels.indexOf(name ?? '');
    if (source === undefined || text === undefined || label < 0) {
      throw new EvaluationError(
        `${file}:${index + 2}: ${text === undefined ? 'columns are missing' : `the label "${name}" is none of ${labels.join(', ')}`}.`,
      );
    }
    return [{ source, label, text }];
  });
  if (rows.length === 0) throw new EvaluationError(`${file} has no rows.`);
  return rows;
}
