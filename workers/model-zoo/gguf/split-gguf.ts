import { GgufError } from './gguf-error.ts';
import type { GgufMetadata, GgufValue } from './metadata.ts';
import type { Gguf, GgufTensor } from './read-gguf.ts';
import { type TensorToWrite, writtenBytes } from './write-gguf.ts';

export interface GgufPart {
  readonly metadata: GgufMetadata;
  readonly tensors: readonly TensorToWrite[];
}

const SPLIT_KEYS = ['split.no', 'split.count', 'split.tensors.count'];
const PARTS_MAX = 65_535;
const PART_NAME = /^(?<base>.+)-(?<part>\d{5})-of-(?<parts>\d{5})\.gguf$/;

/**
 * One model in several files, laid out as llama.cpp's gguf-split does, so that llama.cpp, told the first, finds the others:
 * all metadata in the first part, the tensors in their order. No part has more than `partBytesMax` of tensors, unless one alone
 * has more.
 */
export function splitGguf(
  metadata: GgufMetadata,
  tensors: readonly TensorToWrite[],
  partBytesMax: number,
): GgufPart[] {
  const groups: TensorToWrite[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    const size = writtenBytes(tensor);
    if (bytes > 0 && bytes + size > partBytesMax) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(tensor);
    bytes += size;
  }
  return groups.map((group, index) => ({
    metadata: new Map<string, GgufValue>([
      ...(index === 0 ? [...metadata].filter(([key]) => !SPLIT_KEYS.includes(key)) : []),
      ['split.no', { type: 'uint16', value: index }],
      ['split.count', { type: 'uint16', value: groups.length }],
      ['split.tensors.count', { type: 'int32', value: tensors.length }],
    ]),
    tensors: group,
  }));
}

/** What llama.cpp looks for: `name-00001-of-00002.gguf`. */
export function partName(base: string, index: number, parts: number): string {
  const five = (value: number) => String(value).padStart(5, '0');
  return `${base}-${five(index + 1)}-of-${five(parts)}.gguf`;
}

/** The names of all parts, of a file that is one whole just its own. */
export function partNames(first: string, gguf: Gguf): string[] {
  const parts = gguf.metadata.get('split.count')?.value ?? 1;
  if (typeof parts !== 'number' || parts > PARTS_MAX) throw new GgufError(`split.count is ${String(parts)}.`);
  if (parts <= 1) return [first];
  const { base, part, parts: named } = PART_NAME.exec(first)?.groups ?? {};
  if (base === undefined || Number(part) !== 1 || Number(named) !== parts) {
    throw new GgufError(
      `${first} is the first of ${parts} parts, so it must be called …-00001-of-${parts}.gguf.`,
    );
  }
  return Array.from({ length: parts }, (_, index) => partName(base, index, parts));
}

/** Parts read one by one, as the one model that they are: metadata without those that say how it was split. */
export function joinParts(parts: readonly Gguf[]): Gguf {
  const [first] = parts;
  if (!first) throw new GgufError('There is no part to join.');
  const tensors = new Map<string, GgufTensor>();
  parts.forEach((part, index) => {
    const number = part.metadata.get('split.no')?.value ?? 0;
    if (number !== index)
      throw new GgufError(`Part ${index + 1} says that it is part ${Number(number) + 1}.`);
    for (const [name, tensor] of part.tensors) {
      if (tensors.has(name)) throw new GgufError(`${name} is in two parts.`);
      tensors.set(name, tensor);
    }
  });
  const expected = first.metadata.get('split.tensors.count')?.value ?? tensors.size;
  if (expected !== tensors.size) {
    throw new GgufError(
      `The parts have ${tensors.size} tensors; the first says that there are ${String(expected)}.`,
    );
  }
  const metadata = new Map([...first.metadata].filter(([key]) => !SPLIT_KEYS.includes(key)));
  return { version: first.version, metadata, tensors };
}
