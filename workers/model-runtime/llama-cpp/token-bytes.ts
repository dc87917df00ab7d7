import { BYTE_ALPHABET } from '#workers/model-zoo/byte-alphabet.ts';

const byteOfCharacter = new Map(BYTE_ALPHABET.map((character, byte) => [character, byte]));

/**
 * The bytes of a token as its vocabulary writes it: byte-level vocabularies map every byte to a printable character; the
 * others write a space as U+2581 and a byte as `<0x0A>`.
 */
export function tokenBytes(piece: string, isByteLevel: boolean): Uint8Array {
  if (isByteLevel) {
    const bytes = Array.from(piece, (character) => byteOfCharacter.get(character));
    return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : Buffer.from(piece);
  }
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return byte ? Uint8Array.of(Number.parseInt(byte, 16)) : Buffer.from(piece.replaceAll('\u2581', ' '));
}
