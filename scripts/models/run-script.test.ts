import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scripts = fileURLToPath(new URL('../', import.meta.url));

function run(script: string, env: Record<string, string>): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(process.execPath, ['--import', 'tsx', join(scripts, script)], options, (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stderr }),
    );
  });
}

const nowhere = join(tmpdir(), 'no-such-folder');
const copy = mkdtempSync(join(tmpdir(), 'cifar10-'));
beforeAll(() => cpSync(join(scripts, '../workers/models/cifar10'), copy, { recursive: true }));
afterAll(() => rmSync(copy, { recursive: true }));

describe('a script that makes or measures a model', () => {
  it.each([
    ['evaluate/evaluate-sentiment.ts', { MODEL_DIR: nowhere }, 'has no readable training.json'],
    ['evaluate/evaluate-cifar10.ts', { MODEL_DIR: nowhere }, 'has no readable training.json'],
    ['evaluate/evaluate-images.ts', { MODEL_DIR: nowhere }, 'has no readable config.json'],
    ['evaluate/evaluate-sentiment.ts', { DATA_DIR: nowhere }, 'Set DATA_DIR'],
  ])(
    'says what is missing, without a stack: %s of %j',
    async (script, env, sentence) => {
      const { code, said } = await run(script, env);
      expect(code).toBe(1);
      expect(said).toContain(sentence);
      expect(said).not.toMatch(/^\s+at /m);
    },
    60_000,
  );

  it('leaves a model its calibration where the data to make another is missing', async () => {
    const { said } = await run('evaluate/evaluate-cifar10.ts', { DATA_DIR: nowhere, MODEL_DIR: copy });
    expect(said).toContain('Set DATA_DIR');
    expect(existsSync(join(copy, 'calibration.json'))).toBe(true);
  }, 60_000);
});
