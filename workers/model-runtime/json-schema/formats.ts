const YEARS_OF_LEAP_DAYS = '\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00';
const DATE = [
  '(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])',
  '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  `02-(?:0[1-9]|1\\d|2[0-8]))|(?:${YEARS_OF_LEAP_DAYS})-02-29)`,
].join('|');
// Leap seconds are valid at times that no pattern knows.
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ATOM = '[A-Za-z0-9_+-]+';

/** Formats that are kept (RFC 3339, 4122, 2673; of RFC 5321 the plain addresses), as patterns. Others are annotations. */
const PATTERNS: Readonly<Record<string, string>> = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  'date-time': `^${DATE}T${TIME}$`,
  uuid: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
  email: `^${ATOM}(?:\\.${ATOM})*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z]{2,}$`,
  ipv4: `^${BYTE}(?:\\.${BYTE}){3}$`,
};

export function isKeptFormat(format: unknown): format is string {
  return typeof format === 'string' && Object.hasOwn(PATTERNS, format);
}

/** Null: it says nothing about what is valid. */
export function patternOfFormat(format: unknown): string | null {
  return isKeptFormat(format) ? (PATTERNS[format] as string) : null;
}
