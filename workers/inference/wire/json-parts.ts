const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const OBJECT = 0x7b;
/** Beyond it the search of the C library is worth its call. */
const WALKED_MAX = 32;

/**
 * Whether a JSON text has more strings, lists and objects than that. A string takes as much memory as it is long, whatever
 * is in it; 20 MiB of brackets stop the whole process for seconds while they are parsed, and take a gigabyte. So they are
 * counted before.
 */
export function hasMoreJsonParts(json: Uint8Array, partsMax: number): boolean {
  // Each takes a byte at the least.
  if (json.byteLength <= partsMax) return false;
  const text = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  let parts = 0;
  for (let at = 0; at < text.length && parts <= partsMax; at++) {
    const byte = text[at];
    if (byte === QUOTE) {
      parts++;
      at = endOfString(text, at + 1);
    } else if (byte === LIST || byte === OBJECT) parts++;
  }
  return parts > partsMax;
}

/** Where its closing quote is; past the end, where it has none. */
function endOfString(json: Buffer, from: number): number {
  let at = from;
  let quote = -1;
  while (at < json.length) {
    const walkedMax = Math.min(at + WALKED_MAX, json.length);
    while (at < walkedMax && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
    if (json[at] === QUOTE) return at;
    // A picture's megabytes are one string without an escape.
    if (quote < at) quote = indexOrEnd(json, QUOTE, at);
    const escape = json.subarray(at, quote).indexOf(BACKSLASH);
    if (escape < 0) return quote;
    at += escape;
  }
  return at;
}

function indexOrEnd(json: Buffer, byte: number, from: number): number {
  const found = json.indexOf(byte, from);
  return found < 0 ? json.length : found;
}
