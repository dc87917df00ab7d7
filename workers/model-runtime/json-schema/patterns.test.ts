import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { grammarOfSchema, SchemaRefusedError } from './grammar-of-schema.ts';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: unknown, text: string) => boolean;
beforeAll(async () => {
  accepts = await schemaAcceptance();
});

/** What JSON.stringify escapes, and one character that has to be escaped in neither. */
const TEXTS = [
  '',
  'a',
  'b',
  'aa',
  'ab',
  'ba',
  'abc',
  'aab',
  'A',
  '0',
  '7',
  '42',
  '007',
  '-1',
  '1.5',
  '_',
  ' ',
  'a b',
  ' a',
  'a ',
  '-',
  '.',
  '"',
  '\\',
  '\\"',
  'a"b',
  'a\\nb',
  '\n',
  'a\nb',
  '\r',
  '\t',
  '\b',
  '\f',
  '\u0000',
  '\u0001',
  '\u001f',
  '/',
  'é',
  'ü',
  '日本',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\ufeff',
  '🙂',
  '🙂🙂',
  'a🙂',
  'x',
  'xx',
  'axa',
  'ax',
  'xa',
  'cat',
  'category',
  'abab',
  'ababab',
  '{}',
  '^',
  '$',
  ']',
  '}',
  '(a)',
  'a|b',
  '+',
  '*',
  '?',
  'a-z',
  '2026-11-26',
  'end\n',
];

describe('a pattern', () => {
  it.each([
    'a',
    '^a',
    'a$',
    '^a$',
    '^$',
    '',
    '^',
    '^(?:)$',
    '^a*$',
    '^a+b?$',
    '^(ab)+$',
    '^(?:ab){2,3}$',
    '^a{2}$',
    '^a{2,}$',
    '^[ab]{0,2}$',
    '^[a-c]+$',
    '^[^a]$',
    '^[^a-z]*$',
    '^.$',
    '^.*$',
    '^..$',
    '^\\d+$',
    '^\\D+$',
    '^\\w+$',
    '^\\W+$',
    '^\\s+$',
    '^\\S+$',
    '^[\\d.-]+$',
    '^[\\s\\S]$',
    '^[^\\d\\s]+$',
    '^"$',
    '^\\\\$',
    '^\\\\"$',
    '^[\\\\"]+$',
    '^["\\\\\\n]$',
    '^\\n$',
    '^\\t$',
    '^\\r$',
    '^\\f$',
    '^\\v$',
    '^[\\b]$',
    '^\\0$',
    '^\\x01$',
    '^[\\x00-\\x1f]$',
    '^\\u00e9$',
    '^é$',
    '^[à-ÿ]$',
    '^日',
    '本$',
    '^\\u{1f642}$',
    '^\\ud83d\\ude42$',
    '^🙂+$',
    '^[🙂a]+$',
    '^[^🙂]$',
    '^a|b$',
    '^(a|b)$',
    '(^a|b$)',
    '^(?:a|ab)(?:c|bc)?$',
    '^(?<name>a)b$',
    '^a+?$',
    '^a*?b$',
    '^cat(egory)?$',
    '(a+)+$',
    '^(a|a)*$',
    '^(a*)*$',
    '^(?:a?){3}a{3}$',
    '^\\^\\$$',
    '^\\(a\\)$',
    '^a\\|b$',
    '^[|]$',
    '^[^]$',
    '[]',
    '^\\{\\}$',
    '^[-a]$',
    '^[a-]$',
    '^\\/$',
    '^[.]$',
    '^\\.$',
    '^\\*$',
    '^[*+?]$',
    '$^',
    'a$b',
    'x^a',
    '^[\\]}]$',
    'a.*x',
    '^(?!)$'.replace('(?!)', '[^\\s\\S]|a'),
  ])('%s lets through the texts that it matches in JavaScript', (pattern) => {
    const schema = { type: 'string', pattern };
    const expression = new RegExp(pattern, 'u');
    const matching = TEXTS.filter((text) => expression.test(text));
    if (['$^', '[]', 'a$b', 'x^a'].includes(pattern) && matching.length === 0) {
      expect(() => grammarOfSchema(schema)).toThrow('No text matches');
      return;
    }
    expect(TEXTS.filter((text) => accepts(schema, JSON.stringify(text)))).toEqual(matching);
  });

  it('means the same as in JavaScript, however it is put together', () => {
    const random = randomNumbers(26);
    const draw = (below: number) => Math.floor(random() * below);
    const of = <One>(all: readonly One[]) => all[draw(all.length)] as One;
    const part = (depth: number): string => {
      if (depth === 0) return of(['a', 'b', '"', '\\\\', '.', '[ab]', '[^a]', '\\n', '\\d', '^', '$', '\\s']);
      const inner = part(depth - 1);
      const kind = draw(6);
      if (kind === 0) return `(?:${inner}|${part(depth - 1)})`;
      if (kind === 1) return `(?:${inner})${of(['*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}'])}`;
      return kind < 5 ? `${inner}${part(depth - 1)}` : inner;
    };
    const text = () =>
      Array.from({ length: draw(7) }, () => of(['a', 'b', '"', '\\', '\n', '1', ' '])).join('');
    let matched = 0;
    for (let round = 0; round < 120; round++) {
      const pattern = part(3);
      const schema = { type: 'string', pattern };
      const expression = new RegExp(pattern, 'u');
      for (const one of Array.from({ length: 25 }, text)) {
        const isMatch = expression.test(one);
        matched += isMatch ? 1 : 0;
        const isTaken = !isNothing(schema) && accepts(schema, JSON.stringify(one));
        expect([pattern, one, isTaken]).toEqual([pattern, one, isMatch]);
      }
    }
    expect(matched).toBeGreaterThan(300);
  });

  it('is kept by the texts as they are read: what has to be escaped is, and nothing else', () => {
    const schema = { pattern: '^["\\\\\\n\\x01é/a]{1,2}$' };
    expect(accepts(schema, '"\\"\\\\"')).toBe(true);
    expect(accepts(schema, '"\\u0001é"')).toBe(true);
    expect(accepts({ pattern: '^\\x7f$' }, '"\\u007F"')).toBe(true);
    expect(accepts({ pattern: '^\\x7f$' }, '"\\u001F"')).toBe(false);
    expect(accepts(schema, '"/a"')).toBe(true);
    expect(accepts(schema, '"\n"')).toBe(false);
    expect(accepts(schema, '"""')).toBe(false);
    expect(accepts(schema, '"\\"')).toBe(false);
    expect(accepts(schema, '"\\u0061"')).toBe(false); // an a, which could be written in two ways
  });

  it('and a length are kept together, in code points', () => {
    const schema = { type: 'string', pattern: '^[a-z🙂"]+$', minLength: 2, maxLength: 3 };
    for (const text of ['ab', 'abc', '🙂🙂🙂', '"""', 'a"'])
      expect(accepts(schema, JSON.stringify(text))).toBe(true);
    for (const text of ['', 'a', 'abcd', '🙂', 'aB'])
      expect(accepts(schema, JSON.stringify(text))).toBe(false);
    expect(accepts({ pattern: 'x', maxLength: 1_000 }, `"${'y'.repeat(999)}x"`)).toBe(true);
    expect(accepts({ pattern: 'x', maxLength: 1_000 }, `"${'y'.repeat(1_000)}x"`)).toBe(false);
  });

  it('that stands in many places is written once', () => {
    const text = { type: 'string', pattern: '^[a-z]{3}-[0-9]{4}$' };
    const length = (count: number) =>
      grammarOfSchema({
        type: 'array',
        items: { properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, text])) },
      }).length;
    expect(length(20) - length(19)).toBeLessThan(80);
  });
});

/** A schema that no text is valid for is refused. */
function isNothing(schema: object): boolean {
  try {
    grammarOfSchema(schema);
    return false;
  } catch (error) {
    if (error instanceof SchemaRefusedError && error.message.startsWith('No text matches')) return true;
    throw error;
  }
}

it.each([
  ['^(?=.*a)', 'look-aheads'],
  ['(?!a)b', 'look-aheads'],
  ['(?<=a)b', 'look-behinds'],
  ['(?<!a)b', 'look-behinds'],
  ['(a)\\1', 'back references'],
  ['(?<n>a)\\k<n>', 'back references'],
  ['\\p{L}+', 'Unicode properties'],
  ['[\\P{Lu}]', 'Unicode properties'],
  ['\\bword', 'word boundaries'],
  ['(?i:a)', 'flags'],
  ['(?i)a', 'flags'],
  ['\\cA', 'no escape'],
  ['\\q', 'no escape'],
  ['\\ud83d', 'no escape'],
  ['a\\', 'no escape'],
  ['\ud83d', 'surrogate'],
  ['a{2', 'A count is'],
  ['{2}', 'Nothing stands before'],
  ['*a', 'Nothing stands before'],
  ['a**', 'Nothing stands before'],
  ['^*', 'no counts'],
  ['a{3,2}', 'counts down'],
  ['a{1001}', 'at most 1000'],
  ['a{99999999999}', 'A count is'],
  ['(a', 'not closed'],
  ['a)', 'not open'],
  ['[a', 'not closed'],
  ['[z-a]', 'range'],
  ['[a-\\d]', 'range'],
  ['a'.repeat(10_000), 'at most 2000 characters'],
  ['('.repeat(60) + ')'.repeat(60), 'nests at most'],
  ['^((a{1,100}){1,100}){1,100}$', 'smaller counts'],
  ['((?:(?:)(?:)(?:)){1000}){1000}', 'too large together'],
  ['x.{20}$', 'smaller counts'],
  ['^.*a.{20}(b|c).{20}$', 'smaller counts'],
  ['(a?){400}a{400}', 'too large together'],
  [
    `^[${Array.from({ length: 300 }, (_, at) => String.fromCodePoint(0x4e00 + 2 * at)).join('')}]$`,
    'ranges of characters',
  ],
])('the pattern %s is refused: %s', (pattern, sentence) => {
  expect(() => grammarOfSchema({ properties: { a: { type: 'string', pattern } } })).toThrow(
    expect.objectContaining({ path: '/properties/a/pattern', message: expect.stringContaining(sentence) }),
  );
});

it('is refused where it is none, where no text can match it, and where too many patterns stand in a schema', () => {
  expect(() => grammarOfSchema({ pattern: 3 })).toThrow('This is a regular expression.');
  expect(() => grammarOfSchema({ pattern: '^a$', minLength: 2 })).toThrow('No text of such a length');
  const properties = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`p${at}`, { type: 'string', pattern: `^a.{${at},500}$` }]),
  );
  expect(() => grammarOfSchema({ properties })).toThrow('too large together');
  const unreached = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [
      `p${at}`,
      { type: 'string', pattern: `^(?:[](?:b{900}){5}|c${at})$` },
    ]),
  );
  expect(() => grammarOfSchema({ properties: unreached })).toThrow('too large together');
});

it('counts what may come next in it with all that is open', () => {
  const fork = (from: number, width: number) => ({
    pattern: `^(?:${Array.from({ length: width }, (_, at) => `${String.fromCodePoint(0x4e00 + from + at)}${at}`).join('|')})$`,
  });
  expect(() => grammarOfSchema(fork(0, 128))).not.toThrow();
  expect(() => grammarOfSchema(fork(0, 130))).toThrow('Too much may come next at once');
  expect(() => grammarOfSchema({ anyOf: [fork(0, 60), fork(60, 60)] })).not.toThrow();
  expect(() => grammarOfSchema({ anyOf: [fork(0, 70), fork(70, 70)] })).toThrow(
    'Too much may come next at once',
  );
  expect(() =>
    grammarOfSchema({ type: 'array', items: { type: 'string', anyOf: [fork(0, 70), fork(70, 70)] } }),
  ).toThrow('Too much may come next at once');

  const ofRanges = (from: number) => ({
    pattern: `^[${Array.from({ length: 60 }, (_, at) => String.fromCodePoint(0x4e00 + from + 2 * at)).join('')}]$`,
  });
  const branches = (count: number) => Array.from({ length: count }, (_, at) => ofRanges(200 * at));
  expect(() => grammarOfSchema({ anyOf: branches(30) })).not.toThrow();
  expect(() => grammarOfSchema({ anyOf: branches(33) })).toThrow('Too much may come next at once');
});
