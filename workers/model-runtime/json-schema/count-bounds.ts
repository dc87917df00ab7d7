import type { Schema } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

/** Repetitions of one part, which llama.cpp unrolls. */
const COUNT_MAX = 1_000;

export interface CountBounds {
  readonly least: number;
  /** Null: any number. */
  readonly most: number | null;
}

export function lengthBounds(schema: Schema, path: string): CountBounds {
  return boundsOf(schema, 'minLength', 'maxLength', path);
}

export function itemBounds(schema: Schema, path: string): CountBounds {
  return boundsOf(schema, 'minItems', 'maxItems', path);
}

function boundsOf(current: Schema, min: string, max: string, path: string): CountBounds {
  const least = current[min] === undefined ? 0 : asCount(current[min], `${path}/${min}`);
  const most = current[max] === undefined ? null : asCount(current[max], `${path}/${max}`);
  if (most !== null && most < least)
    throw new SchemaRefusedError(`${path}/${max}`, `${max} is below ${min}: nothing is valid.`);
  return { least, most };
}

function asCount(given: unknown, path: string): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= COUNT_MAX) return given;
  throw new SchemaRefusedError(path, `This is a whole number from 0 to ${COUNT_MAX}.`);
}
