import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesSource } from './byte-source.ts';
import type { GgufMetadata } from './metadata.ts';
import { withGguf } from './open-gguf.ts';
import { quantize } from './quantize.ts';
import { type Gguf, readGguf } from './read-gguf.ts';
import { requantize } from './requantize.ts';
import { joinParts, partName, partNames, splitGguf } from './split-gguf.ts';
import { type TensorToWrite, writeGguf } from './write-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'gguf-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const metadata: GgufMetadata = new Map([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['split.count', { type: 'uint16', value: 7 }],
]);

function tensor(name: string, shape: readonly number[], first = 1): TensorToWrite {
  const values = Float32Array.from(
    { length: shape.reduce((product, size) => product * size, 1) },
    (_, index) => first + index,
  );
  return { name, shape, type: 'F32', bytes: () => quantize(name, 'F32', values) };
}

const tensors = [tensor('a', [2, 32]), tensor('b', [32]), tensor('c', [4, 32]), tensor('d', [32], 9)];

function file(metadata: GgufMetadata, tensors: readonly TensorToWrite[]): Buffer {
  return Buffer.concat([...writeGguf(metadata, tensors)]);
}

function read(metadata: GgufMetadata, tensors: readonly TensorToWrite[]): Gguf {
  return readGguf(bytesSource(file(metadata, tensors)));
}

const parts = splitGguf(metadata, tensors, 384);

describe('a model in parts', () => {
  it('is cut between tensors, with the keys of gguf-split', () => {
    expect(parts.map((part) => part.tensors.map(({ name }) => name))).toEqual([['a', 'b'], ['c'], ['d']]);
    expect(parts.map((part) => [...part.metadata].map(([key, { value }]) => [key, value]))).toEqual([
      [
        ['general.architecture', 'llama'],
        ['split.no', 0],
        ['split.count', 3],
        ['split.tensors.count', 4],
      ],
      [
        ['split.no', 1],
        ['split.count', 3],
        ['split.tensors.count', 4],
      ],
      [
        ['split.no', 2],
        ['split.count', 3],
        ['split.tensors.count', 4],
      ],
    ]);
  });

  it('is opened by its first part', () => {
    parts.forEach((part, index) => {
      writeFileSync(join(folder, partName('model', index, 3)), file(part.metadata, part.tensors));
    });
    withGguf(join(folder, 'model-00001-of-00003.gguf'), (gguf) => {
      expect([...gguf.metadata.keys()]).toEqual(['general.architecture']);
      expect([...gguf.tensors.keys()]).toEqual(['a', 'b', 'c', 'd']);
      expect(gguf.tensors.get('d')?.values()[0]).toBe(9);
    });
  });

  it('says which part is missing', () => {
    const [first] = parts;
    if (!first) throw new Error('There are no parts.');
    writeFileSync(join(folder, 'alone-00001-of-00003.gguf'), file(first.metadata, first.tensors));
    expect(() => withGguf(join(folder, 'alone-00001-of-00003.gguf'), () => 0)).toThrow(
      /alone-00002-of-00003\.gguf can't be opened/,
    );
  });

  it('says which part is not the one that was expected', () => {
    const [first, , third] = parts.map((part) => read(part.metadata, part.tensors)) as [Gguf, Gguf, Gguf];
    expect(() => joinParts([first, third])).toThrow('Part 2 says that it is part 3.');
    expect(() => joinParts([first])).toThrow('The parts have 2 tensors; the first says that there are 4.');
    expect(() => partNames('model.gguf', first)).toThrow('model.gguf is the first of 3 parts');
    expect(() => partNames('model-00002-of-00003.gguf', first)).toThrow('is the first of 3 parts');
  });
});

describe('requantising', () => {
  it('keeps vectors in floats and embeddings in 8 bits, and takes 16 bits where rows are no whole blocks', () => {
    const model = read(metadata, [
      tensor('token_embd.weight', [2, 64]),
      tensor('blk.0.ffn_up.weight', [2, 64]),
      tensor('blk.0.attn_norm.weight', [64]),
      tensor('blk.0.odd.weight', [2, 40]),
    ]);
    const { metadata: said, tensors } = requantize(model, 'Q4_0');
    expect(tensors.map(({ name, type }) => [name, type])).toEqual([
      ['token_embd.weight', 'Q8_0'],
      ['blk.0.ffn_up.weight', 'Q4_0'],
      ['blk.0.attn_norm.weight', 'F32'],
      ['blk.0.odd.weight', 'F16'],
    ]);
    expect(said.get('general.file_type')?.value).toBe(2);
    expect(said.get('general.architecture')?.value).toBe('llama');
  });

  it('copies what has its type already', () => {
    const once = requantize(read(metadata, [tensor('m', [2, 64])]), 'Q4_0');
    const twice = requantize(read(once.metadata, once.tensors), 'Q4_0');
    expect(twice.tensors[0]?.bytes()).toEqual(once.tensors[0]?.bytes());
  });
});
