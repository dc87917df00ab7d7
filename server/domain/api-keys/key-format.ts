import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { brand } from '../brand/brand.ts';

/**
 * `my_live_<id>_<secret>_<checksum>`: an id of 12 and a secret of 25 base62 characters (148 bits), and the CRC-32
 * of all before it, so that a mistyped or truncated key costs no look-up and scanners see few false alarms.
 */
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idCharacters = 12;
const secretCharacters = 25;
const checksumCharacters = 6;
const shape = new RegExp(
  `^${brand.keyPrefix}_(live|temp)_([0-9A-Za-z]{${idCharacters}})_[0-9A-Za-z]{${secretCharacters}}_([0-9A-Za-z]{${checksumCharacters}})$`,
);

export type ApiKeyKind = 'live' | 'short_lived';
const kindInKey = { live: 'live', short_lived: 'temp' } as const satisfies Record<ApiKeyKind, string>;

export interface NewApiKey {
  readonly id: string;
  /** The whole key: shown once, never stored. */
  readonly key: string;
  readonly secretHash: Buffer;
}

/** `id`: of a key that gets a new secret. */
export function generateApiKey(kind: ApiKeyKind, id = randomBase62(idCharacters)): NewApiKey {
  const body = `${brand.keyPrefix}_${kindInKey[kind]}_${id}_${randomBase62(secretCharacters)}`;
  const key = `${body}_${checksum(body)}`;
  return { id, key, secretHash: hashApiKey(key) };
}

/** The id inside a well-formed key, or null. Says nothing about whether the key exists. */
export function parseApiKey(key: string): { readonly id: string } | null {
  const match = shape.exec(key);
  const id = match?.[2];
  if (!id) return null;
  return checksum(key.slice(0, -checksumCharacters - 1)) === match[3] ? { id } : null;
}

/** SHA-256: the secret has 148 random bits, so a slow hash would add nothing. */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** What lists show: enough to recognise a key, too little to use it. */
export function displayPrefix(kind: ApiKeyKind, id: string): string {
  return `${brand.keyPrefix}_${kindInKey[kind]}_${id}`;
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < checksumCharacters; i++) {
    text = base62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Uniform: bytes of 248 and over (4 × 62) are thrown away. */
function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += base62.charAt(byte % 62);
    }
  }
  return text;
}
