/**
 * PostgreSQL array literals for a statement's parameters. The driver's own serialiser takes each element apart with
 * regular expressions, which at hundreds of requests a call costs more than the call. None of these can be null.
 */
export function plainArray(values: readonly (string | number | boolean)[]): string {
  return `{${values.join(',')}}`;
}

export function hexArray(values: readonly Buffer[]): string {
  return `{${values.map((value) => `"\\\\x${value.toString('hex')}"`).join(',')}}`;
}

export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
