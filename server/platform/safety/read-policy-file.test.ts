import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PolicyFileError, readPolicyFile } from './read-policy-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string, bytesMax = 100) {
  const file = join(folder, 'policy.json');
  await writeFile(file, text);
  return readPolicyFile(file, bytesMax);
}

it('reads what is in it, and nothing where none is named', async () => {
  expect(await read('{"deny":["ü"]}')).toEqual({ deny: ['ü'] });
  expect(await readPolicyFile(undefined, 100)).toBe(null);
});

it('says what is wrong with it, and nothing of what is in it', async () => {
  await expect(readPolicyFile(join(folder, 'none.json'), 100)).rejects.toThrow('can not be read');
  await expect(readPolicyFile(folder, 100)).rejects.toThrow('can not be read');
  await expect(read('{"deny":["a secret"')).rejects.toThrow(/is not JSON\.$/);
  await expect(read(`["${'x'.repeat(97)}"]`)).rejects.toThrow('more than 100 bytes');
  expect(await read(`["${'x'.repeat(96)}"]`)).toHaveLength(1);
  await expect(read('{')).rejects.toBeInstanceOf(PolicyFileError);
});
