import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

const BINDING = 'tfjs_binding.node';

export interface NativePackage {
  readonly version: string;
  readonly usesGpu: boolean;
}

/** What tfjs-node's back end has beside the interface. */
interface NativeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/**
 * Loads an optional package that registers the back end `tensorflow`, and makes it the current one. It is loaded when
 * asked for, and not by an import: where it is absent the product works without it.
 */
export function loadNative(name: 'tfjs-node-gpu' | 'tfjs-node'): NativePackage | { readonly reason: string } {
  const absent = absence(name);
  if (absent) return { reason: absent };
  // Removed in Node 23; the packages' last release still calls them.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray });
  // TensorFlow writes what the processor could do to stderr, at every start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    require(`@tensorflow/${name}`);
  } catch (error) {
    return { reason: (error as Error).message.split('\n')[0] ?? 'it does not load' };
  }
  // Another engine may have been current when the package was loaded before.
  tf.setBackend('tensorflow');
  const backend = tf.backend() as NativeBackend;
  if (!backend.binding) return { reason: 'it has its own copy of tfjs-core, of another version' };
  return {
    version: backend.binding.TF_Version ?? 'unknown',
    usesGpu: backend.isUsingGpuDevice === true,
  };
}

/** Looked for before loading: a package without its native part registers its kernels and only then throws. */
function absence(name: string): string | undefined {
  let folder: string;
  try {
    folder = dirname(require.resolve(`@tensorflow/${name}/package.json`));
  } catch {
    return 'not installed';
  }
  const lib = join(folder, 'lib');
  const built = existsSync(lib) && readdirSync(lib).some((abi) => existsSync(join(lib, abi, BINDING)));
  return built ? undefined : 'its native part is not installed';
}
