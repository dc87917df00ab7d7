import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { usageLimits } from '../rate-limits/limits.ts';
import { storableText } from '../storable-text.ts';

/** Where a page of usage ended: the values that its last row is ordered by. */
export interface UsageCursor {
  readonly at: Date;
  readonly model: string;
  readonly keyId: string;
  readonly statusClass: number;
}

/** What the database can compare. */
const name = storableText.max(200);
const fields = z.tuple([
  z.string(),
  z.int().min(Date.UTC(2000)).max(Date.UTC(2100)),
  name,
  name,
  z.int().min(0).max(5),
]);

/** Opaque to callers. It names its grouping, since rows of another one are ordered by other things. */
export function writeUsageCursor(grouping: string, { at, model, keyId, statusClass }: UsageCursor): string {
  return Buffer.from(JSON.stringify([grouping, at.getTime(), model, keyId, statusClass])).toString(
    'base64url',
  );
}

export function readUsageCursor(grouping: string, text: string): UsageCursor {
  const read = text.length <= usageLimits.cursorCharactersMax ? fields.safeParse(parsed(text)) : undefined;
  if (!read?.success || read.data[0] !== grouping) {
    const sentence = 'after is the id of the last row of a page that was asked for with the same group_by.';
    throw new DomainError('invalid_request', sentence, { param: 'after' });
  }
  const [, atMs, model, keyId, statusClass] = read.data;
  return { at: new Date(atMs), model, keyId, statusClass };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return null;
  }
}
