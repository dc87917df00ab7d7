/**
 * The bytes of a token as its vocabulary writes it: byte-level vocabularies (Radford et al., GPT-2) map every byte to
 * a printable character; the others write a space as U+2581 and a byte as `<0x0A>`.
 */
export function tokenBytes(piece: string, isByteLevel: boolean): Uint8Array {
  if (isByteLevel) {
    const bytes = Array.from(piece, (character) => byteOfCharacter.get(character));
    return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : Buffer.from(piece);
  }
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return byte ? Uint8Array.of(Number.parseInt(byte, 16)) : Buffer.from(piece.replaceAll('\u2581', ' '));
}

const byteOfCharacter = new Map<string, number>();
let unprintable = 0;
for (let byte = 0; byte < 256; byte++) {
  const isPrintable =
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  byteOfCharacter.set(String.fromCodePoint(isPrintable ? byte : 0x100 + unprintable++), byte);
}
