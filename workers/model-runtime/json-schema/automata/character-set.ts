/** Code points, from the first of each range to its last one: in order, apart from one another. */
export type CharacterSet = readonly (readonly [first: number, last: number])[];

const LAST = 0x10ffff;
const SURROGATES: CharacterSet = [[0xd800, 0xdfff]];

export const DIGITS: CharacterSet = [[0x30, 0x39]];
export const WORD: CharacterSet = toSet([...DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]);
/** ECMA-262: WhiteSpace and LineTerminator. */
export const SPACE: CharacterSet = toSet([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
/** What a string can hold: half a surrogate pair is no character of JSON that everybody reads. */
export const ANY: CharacterSet = complement(SURROGATES);
/** What the dot of a pattern stands for. */
export const DOT: CharacterSet = without([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

export function toSet(ranges: readonly (readonly [number, number])[]): CharacterSet {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Any character but these. */
export function without(set: CharacterSet): CharacterSet {
  return complement(toSet([...set, ...SURROGATES]));
}

export function has(set: CharacterSet, code: number): boolean {
  return set.some(([first, last]) => first <= code && code <= last);
}

function complement(set: CharacterSet): CharacterSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}
