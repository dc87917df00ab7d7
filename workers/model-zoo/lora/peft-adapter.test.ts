import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../gguf/byte-source.ts';
import { loraToGguf } from '../gguf/lora-to-gguf.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { parseLlamaConfig } from '../llama-config.ts';
import { parseLoraConfig } from './lora-config.ts';
import { readPeftAdapter, writePeftAdapter } from './peft-adapter.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(fixture(path), 'utf8'));
const adapter = readPeftAdapter(fixture('tiny-llama-lora'));
const base = parseLlamaConfig(readJson('tiny-llama/config.json'));
const ofPeft: Record<string, unknown> = readJson('tiny-llama-lora/adapter_config.json');

describe('an adapter in the layout of PEFT', () => {
  it('is read as PEFT wrote it', () => {
    expect(adapter.config).toMatchObject({ rank: 4, alpha: 6, dropout: 0 });
    expect(adapter.config.targets).toHaveLength(7);
    expect(adapter.tensors.get('model.layers.2.mlp.down_proj.lora_A.weight')?.shape).toEqual([4, 72]);
  });

  it('is written as it was read, with fields that PEFT knows and the values it wrote', () => {
    const folder = mkdtempSync(join(tmpdir(), 'adapter-'));
    writePeftAdapter(folder, adapter, 'tiny-llama');
    expect(readPeftAdapter(folder)).toEqual(adapter);
    const written = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8'));
    expect(ofPeft).toMatchObject(written);
  });

  it.each([
    ['another method', { peft_type: 'IA3' }, 'peft_type'],
    ['a variant of it', { use_dora: true }, 'use_dora'],
    ['a variant that nobody here has heard of', { use_something: true }, 'use_something'],
    ['ranks by layer', { rank_pattern: { q_proj: 8 } }, 'rank_pattern'],
    ['biases', { bias: 'all' }, 'bias'],
    ['whole modules', { modules_to_save: ['lm_head'] }, 'modules_to_save'],
    ['layers that are not adapted here', { target_modules: ['embed_tokens'] }, 'embed_tokens'],
    ['a pattern instead of names', { target_modules: '.*_proj' }, 'target_modules'],
    ['no rank', { r: 0 }, 'r is no whole number'],
  ])('is refused with %s', (_, fields, message) => {
    expect(() => parseLoraConfig({ ...ofPeft, ...fields })).toThrow(message);
  });

  it('names its file where that is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'adapter-'));
    writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ ...ofPeft, r: -1 }));
    expect(() => readPeftAdapter(folder)).toThrow(`${folder}/adapter_config.json: r is no whole number`);
  });
});

describe('an adapter as GGUF', () => {
  const written = readGguf(bytesSource(loraToGguf(adapter, { name: 'tiny', base, type: 'F32' })));
  const theirs = readGguf(bytesSource(readFileSync(fixture('tiny-llama-lora/adapter.gguf'))));

  it("holds what llama.cpp's own conversion does, bit for bit", () => {
    expect([...written.tensors.keys()].toSorted()).toEqual([...theirs.tensors.keys()].toSorted());
    for (const [name, tensor] of theirs.tensors) {
      expect(written.tensors.get(name)?.shape).toEqual(tensor.shape);
      expect(written.tensors.get(name)?.bytes(), name).toEqual(tensor.bytes());
    }
  });

  it.each(['general.type', 'general.architecture', 'adapter.type', 'adapter.lora.alpha'])(
    'says %s as it does',
    (key) => {
      expect(written.metadata.get(key)).toEqual(theirs.metadata.get(key));
    },
  );

  it('is half as large in 16 bits', () => {
    const halves = loraToGguf(adapter, { name: 'tiny', base, type: 'F16' });
    const { tensors } = readGguf(bytesSource(halves));
    expect([...tensors.values()].every(({ type }) => type === 'F16')).toBe(true);
  });
});
