import type { DecimalRange } from './automata/nfa-of-range.ts';
import { INTEGER_MAX } from './json-rules.ts';
import type { Schema } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

/** So many digits every reader of numbers as binary fractions tells apart (DBL_DIG). */
const DIGITS_TOLD_APART = 15;
/** No number of the rules is as large, its exponent included. */
const PAST_EVERY_NUMBER = 1e115;
/** Each remainder is a state for each digit. */
const MULTIPLE_MAX = 25;

/** What bounds and steps leave of the numbers of a type. Null: all that the rules of JSON let through. */
export function numberRange(current: Schema, type: 'integer' | 'number', path: string): DecimalRange | null {
  const bound = (keyword: string) => asNumber(current[keyword], `${path}/${keyword}`);
  const limits = [
    { keyword: 'minimum', sign: 1, isExclusive: false },
    { keyword: 'exclusiveMinimum', sign: 1, isExclusive: true },
    { keyword: 'maximum', sign: -1, isExclusive: false },
    { keyword: 'exclusiveMaximum', sign: -1, isExclusive: true },
  ].flatMap((limit) => {
    const value = bound(limit.keyword);
    const past = type === 'integer' ? INTEGER_MAX : PAST_EVERY_NUMBER;
    return value === null || value * -limit.sign >= past + (limit.isExclusive ? 1 : 0)
      ? []
      : [{ ...limit, value, decimal: decimalOf(value) }];
  });
  const step = stepOf(bound('multipleOf'), type, `${path}/multipleOf`);
  if (limits.length === 0 && !step) return null;

  let fraction = step?.fraction ?? (type === 'integer' ? 0 : DIGITS_TOLD_APART);
  for (const { keyword, isExclusive, value, decimal } of limits) {
    // All of 15 digits differ from 0; beside another bound only so many do as are left behind its whole part.
    if (type === 'integer' || !isExclusive || value === 0) continue;
    const left = Math.max(0, DIGITS_TOLD_APART - Math.trunc(Math.abs(value)).toString().length);
    if (-decimal.exponent > left) {
      throw new SchemaRefusedError(
        `${path}/${keyword}`,
        `${keyword} of a number has at most ${DIGITS_TOLD_APART} digits: round it, or use ${keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum'}.`,
      );
    }
    fraction = Math.min(fraction, left);
  }
  let most = BigInt(INTEGER_MAX + 1) * 10n ** BigInt(fraction) - 1n;
  let least = -most;
  for (const { sign, isExclusive, decimal } of limits) {
    const { units, isExact } = unitsOf(decimal, fraction);
    if (sign > 0) {
      const from = !isExact || isExclusive ? units + 1n : units;
      if (from > least) least = from;
    } else {
      const to = isExact && isExclusive ? units - 1n : units;
      if (to < most) most = to;
    }
  }
  return { least, most, fraction, multiple: step?.multiple ?? 1 };
}

function stepOf(
  given: number | null,
  type: 'integer' | 'number',
  path: string,
): Pick<DecimalRange, 'fraction' | 'multiple'> | null {
  if (given === null) return null;
  if (given <= 0) throw new SchemaRefusedError(path, 'multipleOf is above 0.');
  // Halves, quarters and eighths are binary fractions, which readers divide without a rest.
  if (type === 'integer' && [0.5, 0.25, 0.125].includes(given)) return { fraction: 0, multiple: 1 };
  const fraction = Math.max(0, -decimalOf(given).exponent);
  const multiple = Math.round(given * 10 ** fraction);
  const isExact = Number.isInteger(given * 8) && (fraction === 0 || type === 'number');
  const remainders = fraction === 0 ? Number(`${multiple}`.replace(/0+$/, '')) : multiple;
  if (isExact && remainders <= MULTIPLE_MAX && given <= INTEGER_MAX) return { fraction, multiple };
  throw new SchemaRefusedError(
    path,
    `multipleOf is a whole number of up to ${MULTIPLE_MAX}, one with zeros behind it, 0.5 or 0.25: ask for others in the prompt, and check the answer.`,
  );
}

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The shortest decimal that is read as the number, which is what was sent. */
function decimalOf(value: number): Decimal {
  const [, sign = '', first = '', rest = '', exponent = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(value.toExponential()) ?? [];
  return { digits: BigInt(`${sign}${first}${rest}`), exponent: Number(exponent) - rest.length };
}

/** Rounded down. */
function unitsOf({ digits, exponent }: Decimal, fraction: number): { units: bigint; isExact: boolean } {
  const shift = exponent + fraction;
  if (shift >= 0) return { units: digits * 10n ** BigInt(shift), isExact: true };
  const divisor = 10n ** BigInt(-shift);
  const rest = ((digits % divisor) + divisor) % divisor;
  return { units: (digits - rest) / divisor, isExact: rest === 0n };
}

function asNumber(given: unknown, path: string): number | null {
  if (given === undefined) return null;
  if (typeof given === 'number' && Number.isFinite(given)) return given;
  throw new SchemaRefusedError(path, 'This is a number.');
}
