import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function explain(...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', main, ...args], (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stderr }),
    );
  });
}

describe('the command that explains', () => {
  it.each([
    [['image-classification', 'good', 'film'], '"film" is one argument too many: a text stands in quotation'],
    [['image-classification', 'a.jpg', '--out', '/no/such/heat.png'], 'there is no folder /no/such'],
    [['image-classification', 'a.jpg', '--method', 'attention'], '--method is one of grad-cam'],
    [['image-classification', 'a.jpg', '--colour', 'red'], "Unknown option '--colour'"],
    [['sentiment', 'good film'], 'has no model.safetensors'],
  ])(
    'says what is wrong with its arguments, without a stack: %j',
    async (args, sentence) => {
      const { code, said } = await explain(...args);
      expect(code).toBe(1);
      expect(said).toContain(sentence);
      expect(said).not.toMatch(/^\s+at /m);
    },
    30_000,
  );
});
