/**
 * How byte-level vocabularies write a byte (Radford and others, 2019; `bytes_to_unicode` in GPT-2's encoder.py): printable
 * ones as themselves, the others as characters from U+0100 on.
 */
export const BYTE_ALPHABET: readonly string[] = byteAlphabet();

function byteAlphabet(): string[] {
  let unprintable = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    return String.fromCodePoint(isPrintable ? byte : 0x100 + unprintable++);
  });
}

const encoder = new TextEncoder();

/** A text's bytes in UTF-8, each as its character. */
export function inByteAlphabet(text: string): string {
  let written = '';
  for (const byte of encoder.encode(text)) written += BYTE_ALPHABET[byte];
  return written;
}
