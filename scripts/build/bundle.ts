import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** The processes, and the files that the gateway starts its models from, which lie beside it. */
const entryPoints = {
  'scripts/start-web': 'scripts/start-web.ts',
  'workers/inference/main': 'workers/inference/main.ts',
  'workers/inference/compute-thread': 'workers/model-runtime/onnx/compute-thread.ts',
  'workers/inference/text-process': 'workers/model-runtime/llama-cpp/text-process.ts',
  'workers/background/main': 'workers/background/main.ts',
};

/**
 * Starting a process compiles nothing and opens few files. Packages stay outside: some hold native code. What is
 * imported on demand is a file of its own, so that a process loads no engine which it does not use.
 */
export async function bundle(root: string): Promise<void> {
  const missing = Object.values(entryPoints).filter((entry) => !existsSync(path.join(root, entry)));
  if (missing.length > 0) throw new Error(`Can't build: ${missing.join(', ')} missing.`);
  const dist = path.join(root, 'dist');
  for (const entry of await readdir(dist).catch(() => [])) {
    if (entry !== 'stamps') await rm(path.join(dist, entry), { recursive: true, force: true });
  }
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    chunkNames: 'shared/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
  });
}
