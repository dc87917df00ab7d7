import { GgufError } from './gguf-error.ts';
import type { HeaderCursor } from './header-cursor.ts';
import {
  type GgufMetadata,
  type GgufValue,
  LEAST_BYTES,
  type Scalar,
  type ScalarType,
  VALUE_TYPES,
  type ValueType,
} from './metadata.ts';

const ENTRIES_MAX = 65_536;
/** The shortest that an entry can be: the key's length, a type and one byte. */
const ENTRY_BYTES_MIN = 13;
const KEY_CHARACTERS_MAX = 65_535;
const TYPE_NAMES = Object.keys(VALUE_TYPES) as ValueType[];

export function readMetadata(cursor: HeaderCursor, count: number): GgufMetadata {
  if (count > ENTRIES_MAX) throw new GgufError(`The file claims ${count} entries of metadata.`);
  cursor.expect(count * ENTRY_BYTES_MIN, `metadata of ${count} entries`);
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const key = cursor.string('a key of the metadata');
    if (key.length === 0 || key.length > KEY_CHARACTERS_MAX) {
      throw new GgufError(`The metadata have a key of ${key.length} characters.`);
    }
    if (metadata.has(key)) throw new GgufError(`The metadata have ${key} twice.`);
    metadata.set(key, readValue(cursor, key));
  }
  return metadata;
}

function readValue(cursor: HeaderCursor, key: string): GgufValue {
  const type = readType(cursor, key);
  if (type !== 'array') return { type, value: readScalar(cursor, type, key) };
  const of = readType(cursor, key);
  if (of === 'array') throw new GgufError(`${key} is an array of arrays, which is not read.`);
  const length = cursor.length(`The length of ${key}`);
  cursor.expect(length * LEAST_BYTES[of], key);
  const value: Scalar[] = [];
  for (let index = 0; index < length; index++) value.push(readScalar(cursor, of, key));
  return { type, of, value };
}

function readType(cursor: HeaderCursor, key: string): ValueType {
  const number = cursor.uint32();
  const type = TYPE_NAMES.find((name) => VALUE_TYPES[name] === number);
  if (!type) throw new GgufError(`${key} is of the unknown type ${number}.`);
  return type;
}

function readScalar(cursor: HeaderCursor, type: ScalarType, key: string): Scalar {
  switch (type) {
    case 'uint8':
      return cursor.view(1).getUint8(0);
    case 'int8':
      return cursor.view(1).getInt8(0);
    case 'uint16':
      return cursor.view(2).getUint16(0, true);
    case 'int16':
      return cursor.view(2).getInt16(0, true);
    case 'uint32':
      return cursor.view(4).getUint32(0, true);
    case 'int32':
      return cursor.view(4).getInt32(0, true);
    case 'float32':
      return cursor.view(4).getFloat32(0, true);
    case 'bool':
      return readBoolean(cursor, key);
    case 'string':
      return cursor.string(key);
    case 'uint64':
      return cursor.view(8).getBigUint64(0, true);
    case 'int64':
      return cursor.view(8).getBigInt64(0, true);
    case 'float64':
      return cursor.view(8).getFloat64(0, true);
  }
}

function readBoolean(cursor: HeaderCursor, key: string): boolean {
  const byte = cursor.view(1).getUint8(0);
  if (byte > 1) throw new GgufError(`${key} is neither true nor false but ${byte}.`);
  return byte === 1;
}
