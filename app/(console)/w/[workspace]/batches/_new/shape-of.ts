import { plural } from '../../../../../_format/number.ts';

const shownFields = 4;
const shownCharacters = 60;

/** A body at a glance: `input: “It works.”, top_k: 2`. */
export function shapeOf(body: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(body);
  const shown = fields.slice(0, shownFields).map(([name, value]) => `${cut(name)}: ${kindOf(value)}`);
  return fields.length > shownFields ? `${shown.join(', ')}, …` : shown.join(', ') || 'empty';
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return `“${cut(value)}”`;
  if (Array.isArray(value)) return plural(value.length, 'item');
  return typeof value === 'object' && value !== null ? '{…}' : String(value);
}

function cut(text: string): string {
  const characters = Array.from(text.slice(0, 2 * shownCharacters + 2));
  return characters.length > shownCharacters ? `${characters.slice(0, shownCharacters).join('')}…` : text;
}
