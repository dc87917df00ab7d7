import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runProgram } from './run-program.ts';
import { judged, type Tally } from './tally.ts';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

export async function runVitest(root: string, workFolder: string): Promise<Tally> {
  const report = path.join(workFolder, 'vitest.json');
  const vitest = path.join(
    path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
    'vitest.mjs',
  );
  const exitCode = await runProgram(
    vitest,
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    process.env,
    root,
  );
  const read = await readFile(report, 'utf8')
    .then((text) => JSON.parse(text) as VitestReport)
    .catch(() => undefined);
  if (!read) return judged(undefined, exitCode);
  return judged({ passed: read.numPassedTests, failed: read.numFailedTests }, exitCode);
}
