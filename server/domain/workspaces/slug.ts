import { randomInt } from 'node:crypto';

const lettersMax = 40;

/** `Ada's models` becomes `ada-s-models`; what has no Latin letter or digit becomes `workspace`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, lettersMax)
    .replace(/^-+|-+$/g, '');
  return slug || 'workspace';
}

/** For a slug that is taken. */
export function slugWithSuffix(slug: string): string {
  return `${slug}-${randomInt(36 ** 5)
    .toString(36)
    .padStart(5, '0')}`;
}
