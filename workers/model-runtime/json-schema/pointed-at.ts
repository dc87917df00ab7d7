import type { Schema } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

/** What a reference within the schema names: a JSON Pointer (RFC 6901) as a URI's fragment. */
export function pointedAt(root: Schema, ref: string, path: string): unknown {
  let found: unknown = root;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const key = toKey(part);
    const holds = typeof found === 'object' && found !== null && key !== null && Object.hasOwn(found, key);
    if (!holds) throw new SchemaRefusedError(path, `${ref} is not in the schema.`);
    found = (found as Schema)[key];
  }
  return found;
}

/** Null: its escapes are no UTF-8, so that nothing has such a name. */
function toKey(part: string): string | null {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return null;
  }
}
