import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';

const run = promisify(execFile);

export interface DocSamples {
  /** The code that the page shows of a sample, under the tab of that name. */
  codeOf(sample: string, name: string): Promise<string>;
  /** Both run what they are given as it is, with the demo's key, and give what was printed. */
  shell(code: string): Promise<string>;
  node(code: string): Promise<string>;
}

/** The samples of the page that is open, and the means to run them in a folder of their own. */
export async function docSamples(page: Page, key: string, folder: string): Promise<DocSamples> {
  await mkdir(folder, { recursive: true });
  const options = { env: { ...process.env, MODELYARD_KEY: key, FORCE_COLOR: '0' }, cwd: folder };
  return {
    async codeOf(sample, name) {
      await page
        .getByRole('tablist', { name: `${sample}: language` })
        .getByRole('tab', { name })
        .click();
      return page.getByLabel(`${sample}, ${name}`).innerText();
    },
    shell: async (code) => (await run('sh', ['-c', code], options)).stdout,
    node: async (code) => (await run(process.execPath, ['--input-type=module', '-e', code], options)).stdout,
  };
}

/** The answer that the page shows under its first call. */
export function answerShown(page: Page): Promise<string> {
  return page.getByLabel('Its answer, as it came').first().innerText();
}

/** Every field with the type of what is in it; words stay, but for an id. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, name === 'id' ? typeof one : shapeOf(one)]),
    );
  }
  return typeof value === 'string' ? value : typeof value;
}
