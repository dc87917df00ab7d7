import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundle } from './bundle.ts';
import { fingerprint, readStamp, writeStamp } from './fingerprint.ts';
import { runNode } from './run-command.ts';

export interface BuildOptions {
  readonly root: string;
  readonly onStep: (sentence: string) => void;
}

interface Step {
  readonly name: string;
  readonly says: string;
  readonly sources: readonly string[];
  /** What it makes: gone means to be made again. */
  readonly result: string;
  readonly make: (root: string) => Promise<void>;
}

const lock = 'package-lock.json';
const server = ['server', 'prisma/schema.prisma', 'tsconfig.json', lock];

const generate: Step = {
  name: 'prisma',
  says: 'generating the database client',
  sources: ['prisma/schema.prisma', 'prisma.config.ts', lock],
  result: 'prisma/generated/client.ts',
  make: (root) => runNode(path.join(root, 'scripts/prisma-cli.mjs'), ['generate'], { cwd: root }),
};

const functions: Step = {
  name: 'functions',
  says: 'bundling the functions',
  sources: [...server, 'workers', 'scripts'],
  result: 'dist/workers/inference/main.js',
  make: bundle,
};

const web: Step = {
  name: 'web',
  says: 'building the web application',
  sources: [
    ...server,
    'app',
    'public',
    'next.config.ts',
    'postcss.config.mjs',
    'proxy.ts',
    'instrumentation.ts',
  ],
  result: '.next/BUILD_ID',
  make: (root) =>
    runNode(createRequire(import.meta.url).resolve('next/dist/bin/next'), ['build'], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    }),
};

/** The database client: whatever imports server/platform needs it first. */
export async function generateClient({ root, onStep }: BuildOptions): Promise<boolean> {
  return bringUpToDate(generate, root, onStep);
}

/** Builds what is older than its sources. True if anything was. */
export async function buildProduct({ root, onStep }: BuildOptions): Promise<boolean> {
  const generated = await bringUpToDate(generate, root, onStep);
  const built = await Promise.all([bringUpToDate(functions, root, onStep), bringUpToDate(web, root, onStep)]);
  return generated || built.includes(true);
}

async function bringUpToDate(step: Step, root: string, onStep: BuildOptions['onStep']): Promise<boolean> {
  const digest = await fingerprint(root, step.sources);
  if (existsSync(path.join(root, step.result)) && (await readStamp(root, step.name)) === digest) return false;
  onStep(step.says);
  // A build that is interrupted must not pass for a finished one.
  await writeStamp(root, step.name, 'unfinished');
  await step.make(root);
  await writeStamp(root, step.name, digest);
  return true;
}
