// Runs Prisma's command line without a download. `npm run generate`, `npm run prisma -- migrate status`.
//
// Every command first looks for Prisma's native schema engine, and downloads it where it is missing. A path to any
// program stops that. `generate` and `validate` never call the engine, so they get node itself; the others get our
// stand-in, which runs the same engine compiled to WebAssembly.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const needsEngine = !['generate', 'validate', 'format', 'version', '--help', undefined].includes(args[0]);
const standIn =
  process.platform === 'win32' ? undefined : path.join(root, 'scripts/prisma-engine/schema-engine.mjs');

const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
const { status, signal } = spawnSync(process.execPath, [prisma, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_SCHEMA_ENGINE_BINARY:
      process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? (needsEngine ? standIn : process.execPath),
  },
});
process.exit(status ?? (signal ? 1 : 0));
