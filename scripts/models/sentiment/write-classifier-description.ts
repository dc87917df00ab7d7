import { writeEncoderDescription } from './write-encoder-description.ts';

/** The same files, of a classifier with these labels. */
export function writeClassifierDescription(
  folder: string,
  base: string,
  labels: readonly string[],
  changes: Readonly<Record<string, unknown>> = {},
): void {
  writeEncoderDescription(folder, base, {
    ...changes,
    architectures: ['BertForSequenceClassification'],
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  });
}
