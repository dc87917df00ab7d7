import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.ts';
import { createEventWriter } from './event-writer.ts';
import { histogramOf } from './histogram.ts';

/** The records of a file, each with both checksums tested. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    found.push(data);
    at += 12 + length + 4;
  }
  return found;
}

describe('an event file', () => {
  it('holds a version, then each value with its tag and step', () => {
    const folder = mkdtempSync(join(tmpdir(), 'events-'));
    const writer = createEventWriter(folder, () => 1_700_000_000_000);
    writer.scalar('loss', 0.5, 300);
    writer.histogram('layer', Float32Array.of(1, 2, 3), 300);
    writer.close();
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.1700000000\./);
    const [version, scalar, histogram] = records(readFileSync(join(folder, name)));
    expect(version?.toString('latin1')).toContain('brain.Event:2');
    expect(version?.readDoubleLE(1)).toBe(1_700_000_000);
    // Field 2, step 300 as a varint; then a summary with tag "loss" and the float 0.5.
    expect(scalar?.subarray(9).toString('hex')).toBe('10ac022a0d0a0b0a046c6f7373150000003f');
    expect(histogram?.toString('latin1')).toContain('layer');
  });

  it('uses the checksum of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  });
});

describe('a histogram', () => {
  it('counts every number once, and nothing else', () => {
    const values = Float32Array.from([...Array.from({ length: 1000 }, (_, index) => index / 10), Number.NaN]);
    const { min, max, count, counts, limits } = histogramOf(values);
    expect([min, count]).toEqual([0, 1000]);
    expect(max).toBeCloseTo(99.9, 4);
    expect(counts.reduce((sum, part) => sum + part, 0)).toBe(1000);
    expect(limits.every((limit, index) => index === 0 || limit > (limits[index - 1] ?? 0))).toBe(true);
  });

  it('of equal values, and of none, is well formed', () => {
    expect(histogramOf(Float32Array.of(2, 2)).counts[0]).toBe(2);
    expect(histogramOf(new Float32Array()).count).toBe(0);
  });
});
