/** As much of it as may stand before the base64 of a data: URL. Of more, the search below would run out of its stack. */
const headCharactersMax = 1_024;
/** Of the types that a body of one picture may be declared as, with parameters or without (RFC 2397). */
const dataUrl = /^data:(?:image\/[\w.+*-]+|application\/octet-stream|)(?:;[\w-]+=[\w."-]*)*;base64,/i;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Strictly, as Buffer.from is not: it takes what it can read and drops the rest. Null: it is not base64. */
export function decodeBase64(text: string): Uint8Array | null {
  const head = dataUrl.exec(text.slice(0, headCharactersMax))?.[0] ?? '';
  const encoded = text.slice(head.length);
  if (encoded.length % 4 !== 0 || !base64.test(encoded)) return null;
  return Buffer.from(encoded, 'base64');
}
