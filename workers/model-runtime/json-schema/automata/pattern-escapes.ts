import { type CharacterSet, DIGITS, SPACE, WORD, without } from './character-set.ts';
import { PatternError } from './pattern-error.ts';

const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: without(DIGITS),
  w: WORD,
  W: without(WORD),
  s: SPACE,
  S: without(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^[1-9]/, 'A pattern has no back references (\\1): write out what comes again.'],
  [/^k/, 'A pattern has no back references (\\k): write out what comes again.'],
  [/^[pP]/, 'A pattern has no Unicode properties (\\p): list the ranges of characters, as in [a-zà-ÿ].'],
  [/^[bB]/, 'A pattern has no word boundaries (\\b): write which characters come before and after.'],
];

export interface Escaped {
  readonly set: CharacterSet;
  /** Null: a class such as \d, which no range begins or ends with. */
  readonly code: number | null;
  readonly length: number;
}

/** What stands behind a backslash. */
export function readEscape(rest: string, isInClass: boolean): Escaped {
  const sign = rest[0] ?? '';
  const refused = REFUSED.find(([begins]) => begins.test(rest));
  if (isInClass && sign === 'b') return character(8, 1);
  if (refused) throw new PatternError(refused[1]);
  if (Object.hasOwn(CLASSES, sign)) return { set: CLASSES[sign] as CharacterSet, code: null, length: 1 };
  if (Object.hasOwn(CONTROLS, sign)) return character(CONTROLS[sign] as number, 1);
  if (sign === '0' && !/^0[0-9]/.test(rest)) return character(0, 1);
  const hex =
    /^(?:x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\}|u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(
      rest,
    );
  if (hex) {
    const [whole, two, braced, high, low, four] = hex;
    const code =
      high && low
        ? ((Number.parseInt(high, 16) & 0x3ff) << 10) + (Number.parseInt(low, 16) & 0x3ff) + 0x10000
        : Number.parseInt(two ?? braced ?? four ?? '', 16);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return character(code, whole.length);
  }
  const [literal = ''] = rest;
  if (literal !== '' && !/[0-9A-Za-z]/.test(literal)) {
    const [whole = ''] = [...rest];
    return character(whole.codePointAt(0) ?? 0, whole.length);
  }
  throw new PatternError(`\\${literal} is no escape that a pattern can have here.`);
}

function character(code: number, length: number): Escaped {
  return { set: [[code, code]], code, length };
}
