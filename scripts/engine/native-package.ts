import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { EngineError } from '#workers/fine-tuning/engine/engine.ts';

const require = createRequire(import.meta.url);

export type NativeName = 'tfjs-node' | 'tfjs-node-gpu';

/** The folder of an optional package, which an install without optional packages lacks. */
export function packageFolder(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    throw new EngineError(`${name} is not installed. Install it: npm install --no-save --include=optional`);
  }
}
