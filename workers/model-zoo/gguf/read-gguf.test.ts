import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '../seeded-random.ts';
import { bytesSource, fileSource } from './byte-source.ts';
import { GgufError } from './gguf-error.ts';
import type { GgufMetadata, GgufValue } from './metadata.ts';
import { readGguf } from './read-gguf.ts';
import { type TensorToWrite, writeGguf } from './write-gguf.ts';

/** Written by scripts/models/references/make-gguf-reference.py with llama.cpp's own package. */
const tiny = readFileSync(new URL('fixtures/tiny.gguf', import.meta.url));
const read = (bytes: Uint8Array) => readGguf(bytesSource(bytes));

function write(metadata: GgufMetadata, tensors: readonly TensorToWrite[] = []): Buffer {
  return Buffer.concat([...writeGguf(metadata, tensors)]);
}

const entry = (key: string, value: GgufValue) => new Map([[key, value]]);
const floats = (name: string, shape: readonly number[]): TensorToWrite => ({
  name,
  shape,
  type: 'F32',
  bytes: () => new Uint8Array(4 * shape.reduce((product, size) => product * size, 1)),
});

/** A good file with one thing changed: what stands right behind the first `marker`. */
function changed(file: Buffer, marker: string, change: (view: DataView) => void): Buffer {
  const copy = Buffer.from(file);
  const start = copy.indexOf(marker) + marker.length;
  if (start < marker.length) throw new Error(`${marker} is not in the file.`);
  change(new DataView(copy.buffer, copy.byteOffset + start));
  return copy;
}

/** The writer states no alignment, so the key is put in afterwards. */
function withAlignment(value: number): Buffer {
  const file = write(entry('general.placehold', { type: 'uint32', value }), [floats('m', [4])]);
  return Buffer.from(file.toString('latin1').replace('general.placehold', 'general.alignment'), 'latin1');
}

const strings = entry('a.strings', { type: 'array', of: 'string', value: ['x', 'y'] });
const matrix = () => write(new Map(), [floats('m', [2, 8])]);
const HUGE = 0x7fff_ffff_ffff_ffffn;

describe('reading GGUF', () => {
  it("reads what llama.cpp's package wrote: every type of metadata, every kind of tensor", () => {
    const { version, metadata, tensors } = read(tiny);
    expect(version).toBe(3);
    expect(Object.fromEntries([...metadata].map(([key, { value }]) => [key, value]))).toEqual({
      'general.architecture': 'llama',
      'a.uint8': 200,
      'a.int8': -100,
      'a.uint16': 60_000,
      'a.int16': -30_000,
      'a.uint32': 4_000_000_000,
      'a.int32': -2_000_000_000,
      'a.float32': Math.fround(0.1),
      'a.bool': true,
      'a.string': 'Grüße, 世界',
      'a.uint64': 2n ** 64n - 1n,
      'a.int64': -(2n ** 63n),
      'a.float64': 0.1,
      'a.strings': ['Ġt', '', '<|im_end|>'],
      'a.integers': [3, -1, 6],
    });
    expect([...tensors.values()].map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ['F32.weight', 'F32', [8, 64]],
      ['F16.weight', 'F16', [8, 64]],
      ['BF16.weight', 'BF16', [8, 64]],
      ['Q4_0.weight', 'Q4_0', [8, 64]],
      ['Q4_1.weight', 'Q4_1', [8, 64]],
      ['Q8_0.weight', 'Q8_0', [8, 64]],
      ['norm.weight', 'F32', [64]],
    ]);
    const exact = tensors.get('F32.weight')?.values() ?? new Float32Array();
    const byte = tensors.get('Q8_0.weight')?.values() ?? new Float32Array();
    expect(
      Math.max(...exact.map((value, index) => Math.abs(value - (byte[index] ?? Number.NaN)))),
    ).toBeLessThan(1.5);
    expect(tensors.get('norm.weight')?.values()).toEqual(exact.slice(0, 64));
  });

  it('writes a file again byte for byte', () => {
    const { metadata, tensors } = read(tiny);
    expect(write(metadata, [...tensors.values()]).equals(tiny)).toBe(true);
  });

  it('reads version 2, and a Buffer inside a larger one', () => {
    const file = changed(tiny, 'GGUF', (view) => view.setUint32(0, 2, true));
    const pool = Buffer.concat([Buffer.alloc(5), file]);
    expect(read(pool.subarray(5)).version).toBe(2);
  });

  it('follows the alignment that the file states', () => {
    const file = withAlignment(4096);
    const start = 4096;
    const longer = Buffer.concat([file, Buffer.alloc(2 * start)]);
    longer.writeFloatLE(7, start);
    expect(read(longer).tensors.get('m')?.values()[0]).toBe(7);
  });

  it.each([0, 4, 12, 1_048_576])('refuses an alignment of %i', (alignment) => {
    expect(() => read(withAlignment(alignment))).toThrow(`general.alignment is ${alignment}`);
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'cut short'],
    ['another kind of file', Buffer.from('PK\u0003\u0004 and so on'), 'does not begin with "GGUF"'],
    ['version 1', changed(tiny, 'GGUF', (view) => view.setUint32(0, 1, true)), 'version 1'],
    ['a later version', changed(tiny, 'GGUF', (view) => view.setUint32(0, 4, true)), 'version 4'],
    ['the other byte order', changed(tiny, 'GGUF', (view) => view.setUint32(0, 3, false)), 'big-endian'],
    [
      'more tensors than bytes',
      changed(tiny, 'GGUF', (view) => view.setBigUint64(4, 60_000n, true)),
      'the list of 60000 tensors',
    ],
    ['very many tensors', changed(tiny, 'GGUF', (view) => view.setBigUint64(4, HUGE, true)), 'claims to be'],
    [
      'a million tensors',
      changed(tiny, 'GGUF', (view) => view.setBigUint64(4, 1_000_000n, true)),
      '1000000 tensors',
    ],
    [
      'more metadata than bytes',
      changed(tiny, 'GGUF', (view) => view.setBigUint64(12, 60_000n, true)),
      'metadata of 60000 entries',
    ],
    [
      'a million metadata',
      changed(tiny, 'GGUF', (view) => view.setBigUint64(12, 1_000_000n, true)),
      '1000000 entries',
    ],
    ['metadata cut short', tiny.subarray(0, 300), 'cut short'],
    ['tensors cut short', tiny.subarray(0, tiny.length - 32), 'cut short: norm.weight'],
    [
      'a string longer than the file',
      changed(tiny, 'a.string\u0008\0\0\0', longLength(70_000n)),
      'cut short: a.string',
    ],
    ['a string of exabytes', changed(tiny, 'a.string\u0008\0\0\0', longLength(HUGE)), 'claims to be'],
    [
      'a string of gigabytes',
      changed(tiny, 'a.string\u0008\0\0\0', longLength(2n ** 31n)),
      'claims to be 2147483648',
    ],
    [
      'an array longer than the file',
      changed(write(strings), 'a.strings', (view) => view.setBigUint64(8, 2n ** 40n, true)),
      'cut short: a.strings',
    ],
    [
      'an array of arrays',
      changed(write(strings), 'a.strings', (view) => view.setUint32(4, 9, true)),
      'a.strings is an array of arrays',
    ],
    [
      'metadata of an unknown type',
      changed(write(strings), 'a.strings', (view) => view.setUint32(0, 13, true)),
      'unknown type 13',
    ],
    ['a bool of 2', changed(tiny, 'a.bool', (view) => view.setUint8(4, 2)), 'neither true nor false'],
    [
      'a string that is not UTF-8',
      changed(tiny, 'Gr', (view) => view.setUint8(0, 0xff)),
      'a.string is not UTF-8',
    ],
    [
      'a key twice',
      Buffer.from(tiny.toString('latin1').replace('a.int16', 'a.int32'), 'latin1'),
      'a.int32 twice',
    ],
    ['a tensor twice', Buffer.from(tiny.toString('latin1').replace('Q4_0', 'Q4_1'), 'latin1'), 'twice'],
    ['five axes', changed(matrix(), 'm', (view) => view.setUint32(0, 5, true)), 'm claims 5 axes'],
    ['an axis of 0', changed(matrix(), 'm', (view) => view.setBigUint64(4, 0n, true)), 'm claims the shape'],
    [
      'axes that overflow',
      changed(matrix(), 'm', (view) => view.setBigUint64(4, 2n ** 52n, true)),
      'm claims the shape',
    ],
    [
      'an unknown quantisation',
      changed(matrix(), 'm', (view) => view.setUint32(20, 99, true)),
      'm is stored as type 99',
    ],
    ['rows of half a block', changed(matrix(), 'm', (view) => view.setUint32(20, 2, true)), 'm: rows of 8'],
    [
      'an offset off the alignment',
      changed(matrix(), 'm', (view) => view.setBigUint64(24, 8n, true)),
      'm begins at 8',
    ],
    [
      'an offset outside of the file',
      changed(matrix(), 'm', (view) => view.setBigUint64(24, 64n, true)),
      'cut short: m',
    ],
    [
      'two tensors over the same bytes',
      changed(write(new Map(), [floats('m', [2, 8]), floats('n', [2, 8])]), 'n', (view) =>
        view.setBigUint64(24, 0n, true),
      ),
      'overlaps',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(GgufError);
    expect(() => read(bytes)).toThrow(message);
  });

  it('knows how long other quantisations are, and refuses to say what they stand for', () => {
    const stored = { name: 'm', shape: [2, 256], type: 'Q6_K', bytes: () => new Uint8Array(420) } as const;
    const whole = write(new Map(), [stored]);
    const tensor = read(whole).tensors.get('m');
    expect(tensor?.byteLength).toBe(420);
    expect(() => tensor?.values()).toThrow(
      'm is stored as Q6_K; only F32, F16, BF16, Q4_0, Q4_1, Q8_0 can be read.',
    );
    expect(() => read(whole.subarray(0, whole.length - 64))).toThrow('cut short: m');
  });

  it('either reads a file with random damage or says in its own words what is wrong', () => {
    const random = randomNumbers(11);
    const below = (bound: number) => Math.floor(random() * bound);
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const damaged = Buffer.from(tiny);
      const at = below(1000);
      damaged.fill([0, 0xff, below(256)][below(3)] ?? 0, at, at + 1 + below(8));
      try {
        const { tensors } = read(damaged.subarray(0, round % 4 === 0 ? below(tiny.length) : tiny.length));
        for (const tensor of tensors.values()) tensor.values();
      } catch (error) {
        expect(error).toBeInstanceOf(GgufError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('refuses to write a tensor whose bytes are fewer than its shape takes', () => {
    const short = { ...floats('m', [2, 8]), bytes: () => new Uint8Array(60) };
    expect(() => write(new Map(), [short])).toThrow('m has 60 bytes; F32 of [2,8] takes 64.');
  });

  it('refuses to write metadata of another type than is said', () => {
    expect(() => write(entry('a', { type: 'uint64', value: 1 }))).toThrow('a is to be written as uint64');
  });
});

describe('reading GGUF from a disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gguf-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a tensor when it is asked for, and says when the file has become shorter', () => {
    const path = join(folder, 'tiny.gguf');
    writeFileSync(path, tiny);
    const source = fileSource(path);
    const { tensors } = readGguf(source);
    expect(tensors.get('norm.weight')?.values()).toHaveLength(64);
    truncateSync(path, tiny.length - 32);
    expect(() => tensors.get('norm.weight')?.values()).toThrow('became shorter');
    source.close();
  });
});

function longLength(length: bigint) {
  return (view: DataView) => view.setBigUint64(0, length, true);
}
