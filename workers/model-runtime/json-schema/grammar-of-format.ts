import type { OutputFormat } from '../text-generator.ts';
import { grammarOfSchema } from './grammar-of-schema.ts';
import { writeGrammar } from './json-rules.ts';

/** Null: any text. */
export function grammarOfFormat(format: OutputFormat): string | null {
  if (format.kind === 'text') return null;
  if (format.kind === 'json') return writeGrammar(new Map([['root', 'object']]));
  return grammarOfSchema(format.schema);
}
