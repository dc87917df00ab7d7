import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface EvaluationRow {
  readonly source: string;
  readonly label: number; // position among the model's labels
  readonly text: string;
}

export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

const COLUMNS = ['source', 'label', 'text'] as const;
const GZIP = [0x1f, 0x8b];

/** A TSV, gzipped or not, whose first line names its columns; more than the three are allowed. */
export function readEvaluationRows(file: string, labels: readonly string[]): EvaluationRow[] {
  if (!existsSync(file)) throw new EvaluationError(`${file} is not there.`);
  const bytes = readFileSync(file);
  const zipped = GZIP.every((byte, index) => bytes[index] === byte);
  const lines = (zipped ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  const header = (lines[0] ?? '').trimEnd().split('\t');
  const places = COLUMNS.map((name) => header.indexOf(name));
  const missing = COLUMNS.filter((_, index) => places[index] === -1);
  if (missing.length > 0) {
    throw new EvaluationError(
      `${file}: its first line has no column ${missing.join(', ')}. It names source, label and text, separated by tabs.`,
    );
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
