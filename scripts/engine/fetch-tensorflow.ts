import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '#workers/fine-tuning/engine/engine.ts';
import { runQuietly, tellingLine } from './run-quietly.ts';

/** The wheel that is known to fit; it holds TensorFlow's C library and headers, built for the CPU. */
const WHEEL = 'tensorflow-cpu==2.21.0';

/** Brings TensorFlow for the CPU into `cache`, out of Python's package registry, and returns its folder. */
export async function fetchTensorflow(cache: string): Promise<string> {
  const folder = join(cache, WHEEL.replace('==', '-'));
  const tensorflow = join(folder, 'tensorflow');
  if (existsSync(tensorflow)) return tensorflow;
  console.log(`downloading ${WHEEL}`);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await python(['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', part, WHEEL]);
  const wheel = readdirSync(part).find((file) => file.endsWith('.whl')) ?? '';
  await python(['-m', 'zipfile', '-e', join(part, wheel), part]);
  rmSync(join(part, wheel));
  renameSync(part, folder);
  return tensorflow;
}

async function python(args: readonly string[]): Promise<void> {
  const { code, output } = await runQuietly('python3', args);
  if (code === 0) return;
  throw new EngineError(
    `TensorFlow could not be fetched (${tellingLine(output)}). With Python and its package registry at hand this works by ` +
      'itself; without, give a TensorFlow of your own: npm run engine:check -- --tensorflow DIR.',
  );
}
