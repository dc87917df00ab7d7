/** The locale is fixed, so that the server and the browser write the same. */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const thinSpace = '\u2009';

export function count(value: number): string {
  return whole.format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 1,180 -> '1.2 k': for axes and scales. */
export function short(value: number): string {
  for (const [size, unit] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value < size) continue;
    const scaled = value / size;
    return `${scaled < 10 && !Number.isInteger(scaled) ? scaled.toFixed(1) : Math.round(scaled)}${thinSpace}${unit}`;
  }
  return String(value);
}

export function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace('-', '\u2212');
}

/** 1,536 -> '1.5 KiB'. */
export function byteSize(bytes: number): string {
  for (const [size, unit] of [
    [1024 * 1024, 'MiB'],
    [1024, 'KiB'],
  ] as const) {
    if (bytes >= size) return `${fixed(bytes / size, bytes < 10 * size ? 1 : 0)} ${unit}`;
  }
  return plural(bytes, 'byte');
}

export function signed(value: number, digits: number): string {
  return value > 0 ? `+${fixed(value, digits)}` : fixed(value, digits);
}

/** A share of 0 to 1 as per cent, without the sign: callers set the unit in ink-3. */
export function percent(share: number, digits = 2): string {
  return fixed(share * 100, digits);
}
