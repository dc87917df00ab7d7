import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findBrowser } from './find-browser.ts';
import { runProgram } from './run-program.ts';
import { judged, type Tally } from './tally.ts';

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number };
}

export async function runPlaywright(root: string, workFolder: string): Promise<Tally> {
  if (!existsSync(path.join(root, 'playwright.config.ts'))) {
    process.stderr.write('playwright.config.ts is missing: no browser test ran\n');
    return judged(undefined, 1);
  }
  const browser = await findBrowser();
  if (!browser) {
    process.stderr.write(
      'No browser was found, and none could be installed. Set PLAYWRIGHT_CHROMIUM to a Chromium.\n',
    );
    return judged(undefined, 1);
  }
  const report = path.join(workFolder, 'playwright.json');
  const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const exitCode = await runProgram(
    playwright,
    ['test', '--reporter=list,json'],
    { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_CHROMIUM: browser },
    root,
  );
  const stats = await readFile(report, 'utf8')
    .then((text) => (JSON.parse(text) as PlaywrightReport).stats)
    .catch(() => undefined);
  // A test that passes only at its second try is not one that passes.
  return judged(stats && { passed: stats.expected, failed: stats.unexpected + stats.flaky }, exitCode);
}
