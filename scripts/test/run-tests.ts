import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildProduct, generateClient } from '../build/build-product.ts';
import { runPlaywright } from './run-playwright.ts';
import { runVitest } from './run-vitest.ts';
import { sentence, sum, type Tally } from './tally.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Both runners, whatever the first one says; the sum is the last line that is printed. Returns the exit code. */
export async function runTests(args: readonly string[]): Promise<number> {
  const workFolder = await mkdtemp(path.join(tmpdir(), 'modelyard-tests-'));
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const tallies: Tally[] = [];
  const attempt = async (name: string, run: () => Promise<Tally>) => {
    const tally = await run().catch((error: unknown) => {
      process.stderr.write(`${name} did not run: ${error instanceof Error ? error.message : error}\n`);
      return { passed: 0, failed: 1 };
    });
    say(`${name}: ${sentence(tally)}`);
    tallies.push(tally);
  };

  await generateClient({ root, onStep: say });
  await attempt('unit and integration tests', () => runVitest(root, workFolder));
  await attempt('browser tests', async () => {
    await buildProduct({ root, onStep: say });
    return runPlaywright(root, workFolder);
  });
  await rm(workFolder, { recursive: true, force: true });

  const total = sum(tallies);
  // For whoever adds up more than this: `.ci/run`.
  const tallyFile = args.find((argument) => argument.startsWith('--tally='))?.slice('--tally='.length);
  if (tallyFile) await writeFile(tallyFile, `${total.passed} ${total.failed}\n`);
  say(sentence(total));
  return total.failed === 0 ? 0 : 1;
}
