import { type CharacterSet, toSet } from './character-set.ts';
import { type Nfa, type NfaBuilder, nfaBuilder } from './nfa.ts';

/** Of a decimal: as many units of the last of its `fraction` digits as are from `least` to `most`, and divided by `multiple`. */
export interface DecimalRange {
  readonly least: bigint;
  readonly most: bigint;
  readonly fraction: number;
  readonly multiple: number;
}

/** The same set for the same sign, so that edges are told apart by few. */
const SIGNS: ReadonlyMap<string, CharacterSet> = new Map(
  [...'0123456789.-'].map((sign) => [sign, toSet([[sign.charCodeAt(0), sign.charCodeAt(0)]])]),
);
const characters = (sign: string) => SIGNS.get(sign) ?? [];

/** How the digits so far compare with as many of a bound: below it, the same, above it. */
type Compared = -1 | 0 | 1;

/** Of decimals in their usual notation, without an exponent, leading zeros or a negative zero. */
export function nfaOfRange({ least, most, fraction, multiple }: DecimalRange): Nfa {
  const builder = nfaBuilder();
  if (most >= 0n) {
    magnitudes(builder, 0, { least: least > 0n ? least : 0n, most, fraction, multiple });
  }
  if (least < 0n) {
    const minus = builder.add();
    builder.edge(0, characters('-'), minus);
    magnitudes(builder, minus, { least: most < 0n ? -most : 1n, most: -least, fraction, multiple });
  }
  return builder.states;
}

/** What is not negative. */
function magnitudes({ add, edge, free }: NfaBuilder, from: number, range: DecimalRange): void {
  const { fraction } = range;
  const zeros = fraction > 0 ? 0 : trailingZeros(range.multiple);
  const unit = 10n ** BigInt(zeros);
  const multiple = range.multiple / 10 ** zeros;
  const [low, high] = [(range.least + unit - 1n) / unit, range.most / unit].map((bound) =>
    bound.toString().padStart(fraction + 1, '0'),
  ) as [string, string];
  const wholeOf = (digits: string) => digits.length - fraction;
  // What multiples of a power of ten end with.
  let end = 1;
  for (let count = 0; count < zeros; count++) {
    const before = add();
    edge(before, characters('0'), end);
    end = before;
  }
  const numbers = new Map<string, number>();

  /** The state of digits that compare so with the bounds, made and gone on from where it is new. */
  function reach(key: string, begin: (state: number) => void): number {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const state = add();
    numbers.set(key, state);
    begin(state);
    return state;
  }

  function whole(count: number, toLow: Compared, toHigh: Compared, rest: number): number {
    return reach(`whole ${count} ${toLow} ${toHigh} ${rest}`, (state) => {
      endWhole(state, count, toLow, toHigh, rest, end);
      if (count === wholeOf(high)) return;
      for (let digit = 0; digit <= 9; digit++) step(state, count, toLow, toHigh, rest, digit);
    });
  }

  function step(
    state: number,
    count: number,
    toLow: Compared,
    toHigh: Compared,
    rest: number,
    digit: number,
  ) {
    const to = whole(
      count + 1,
      count < wholeOf(low) ? toLow || compared(digit, low, count) : 1,
      toHigh || compared(digit, high, count),
      (10 * rest + digit) % multiple,
    );
    edge(state, characters(`${digit}`), to);
  }

  /** Numbers with fewer digits are smaller. */
  function endWhole(
    state: number,
    count: number,
    toLowSoFar: Compared,
    toHighSoFar: Compared,
    rest: number,
    to: number,
  ) {
    const toLow = Math.sign(count - wholeOf(low)) || toLowSoFar;
    const toHigh = Math.sign(count - wholeOf(high)) || toHighSoFar;
    if (toLow < 0 || toHigh > 0) return;
    if (isEnd(toLow, 0, rest)) free(state, to);
    if (fraction > 0)
      edge(state, characters('.'), fractional(0, toLow as Compared, toHigh as Compared, rest));
  }

  function fractional(count: number, toLow: Compared, toHigh: Compared, rest: number): number {
    return reach(`fraction ${count} ${toLow} ${toHigh} ${rest}`, (state) => {
      if (count > 0 && isEnd(toLow, count, rest)) free(state, 1);
      if (count === fraction) return;
      for (let digit = 0; digit <= 9; digit++) {
        const below = toLow || compared(digit, low, wholeOf(low) + count);
        const above = toHigh || compared(digit, high, wholeOf(high) + count);
        if (below < 0 || above > 0) continue;
        const to = fractional(count + 1, below, above, (10 * rest + digit) % multiple);
        edge(state, characters(`${digit}`), to);
      }
    });
  }

  /** Whether a number may end here: the digits that are left out are zeros. */
  function isEnd(toLow: number, count: number, rest: number): boolean {
    const isLowEnough = toLow > 0 || /^0*$/.test(low.slice(wholeOf(low) + count));
    return isLowEnough && (rest * 10 ** (fraction - count)) % multiple === 0;
  }

  const zero = add();
  edge(from, characters('0'), zero);
  endWhole(zero, 1, compared(0, low, 0), compared(0, high, 0), 0, 1);
  for (let digit = 1; digit <= 9; digit++) step(from, 0, 0, 0, 0, digit);
}

function compared(digit: number, bound: string, at: number): Compared {
  return Math.sign(digit - Number(bound[at])) as Compared;
}

function trailingZeros(whole: number): number {
  return /0*$/.exec(`${whole}`)?.[0].length ?? 0;
}
