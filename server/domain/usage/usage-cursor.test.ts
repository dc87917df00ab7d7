import { expect, it } from 'vitest';
import { readUsageCursor, writeUsageCursor } from './usage-cursor.ts';

const cursor = { at: new Date('2026-11-25T10:00:00Z'), model: 'modèle@1', keyId: 'abc', statusClass: 2 };
const written = writeUsageCursor('day,model', cursor);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it('reads back what it writes, which a URL holds as it is', () => {
  expect(readUsageCursor('day,model', written)).toEqual(cursor);
  expect(encodeURIComponent(written)).toBe(written);
});

it.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['no JSON', Buffer.from('{').toString('base64url')],
  ['of another grouping', writeUsageCursor('day', cursor)],
  ['too short', encoded(['day,model', 1])],
  ['a time that is none', encoded(['day,model', 1e300, '', '', 0])],
  ['a name that can not be stored', encoded(['day,model', cursor.at.getTime(), 'a\0', '', 0])],
  ['half a character', Buffer.from('["day,model",1764064800000,"\\ud800","",0]').toString('base64url')],
  ['too long', writeUsageCursor('day,model', { ...cursor, model: 'x'.repeat(1_000) })],
])('refuses what is %s', (_name, text) => {
  expect(() => readUsageCursor('day,model', text)).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'after' }),
  );
});
