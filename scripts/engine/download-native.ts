import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '#workers/fine-tuning/engine/engine.ts';
import { type NativeName, packageFolder } from './native-package.ts';
import { runQuietly, tellingLine } from './run-quietly.ts';

/** Runs the package's own install script, which an install of this project denies it. */
export async function downloadNative(name: NativeName): Promise<void> {
  const folder = packageFolder(`@tensorflow/${name}`);
  console.log(`${name}: downloading TensorFlow and its binding`);
  // The script empties this folder first, and a download that fails must not cost a TensorFlow that works.
  const deps = join(folder, 'deps');
  const before = join(folder, 'deps.before');
  rmSync(before, { recursive: true, force: true });
  if (existsSync(deps)) renameSync(deps, before);
  const kind = name === 'tfjs-node-gpu' ? 'gpu' : 'cpu';
  const script = ['scripts/install.js', kind, 'download'];
  const { code, output } = await runQuietly(process.execPath, script, { cwd: folder });
  if (code === 0) {
    rmSync(before, { recursive: true, force: true });
    return;
  }
  rmSync(deps, { recursive: true, force: true });
  if (existsSync(before)) renameSync(before, deps);
  throw new EngineError(
    `The download failed (${tellingLine(output)}). Where the package's storage can't be reached, name a mirror with ` +
      'TFJS_NODE_BASE_URI, or build against a TensorFlow of your own: npm run engine:install -- --tensorflow DIR. ' +
      'docs/training-engine.md says how.',
  );
}
