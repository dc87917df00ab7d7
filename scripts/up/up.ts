import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildProduct, generateClient } from '../build/build-product.ts';
import type { Stack } from '../stack/start-stack.ts';
import { closingLines } from './closing-lines.ts';
import { loadDotenv } from './load-dotenv.ts';
import { lockDataFolder } from './lock.ts';
import { planStart } from './plan-start.ts';
import { stopOnSignals } from './stop-on-signals.ts';

const root = path.resolve(import.meta.dirname, '../..');

export async function up(args: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  const say = (sentence: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${seconds} s  ${sentence}\n`);
  };
  loadDotenv(root);
  const plan = planStart(args, process.env);
  const dataFolder = path.resolve(root, process.env.DATA_DIR_MODELYARD || '.modelyard');
  const readyFile = path.join(dataFolder, 'ready.json');
  const unlock = lockDataFolder(dataFolder);
  process.once('exit', unlock);
  rmSync(readyFile, { force: true });

  const state: { stack?: Stack } = {};
  stopOnSignals(async (reason) => {
    say(`stopping (${reason})`);
    rmSync(readyFile, { force: true });
    // Half a stack has nothing to drain: whatever runs of it ends with this process.
    await state.stack?.stop();
    say('stopped');
    process.exitCode = 0;
  });

  await generateClient({ root, onStep: say });
  // Only now: these import the client that was just generated.
  const [{ startStack }, { writeSecretJson }] = await Promise.all([
    import('../stack/start-stack.ts'),
    import('../stack/data-folder.ts'),
  ]);
  const stack = await startStack({
    root,
    dataFolder,
    environment: process.env,
    seedsDemo: plan.seedsDemo,
    build: async () => {
      if (await buildProduct({ root, onStep: say })) say('built');
    },
    onNote: say,
    onProcesses: () => {
      if (state.stack) writeReady(state.stack);
    },
  });
  state.stack = stack;
  writeReady(stack);
  say('everything runs; Ctrl-C stops it');
  if (plan.note) say(plan.note);
  process.stdout.write(`\n${closingLines(stack.webUrl, stack.apiUrl, stack.demo).join('\n')}\n`);

  function writeReady({ webUrl, apiUrl, databaseUrl, demo, pids }: Stack): void {
    writeSecretJson(readyFile, {
      webUrl,
      apiUrl,
      databaseUrl,
      demoEmail: demo?.email ?? null,
      demoPassword: demo?.password ?? null,
      demoKey: demo?.key ?? null,
      pids: pids(),
    });
  }
}
