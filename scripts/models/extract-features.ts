import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chunkCount, type FeatureStore, hasChunk } from './feature-store.ts';

export interface FeatureJob {
  readonly store: FeatureStore;
  /** Model folder whose encoder and tokenizer compute. */
  readonly model: string;
  /** TSV whose texts are read. */
  readonly data: string;
  readonly chunks: readonly number[];
}

/** Computes what the store lacks, with one process a core. */
export async function extractFeatures(store: FeatureStore, model: string, data: string): Promise<void> {
  const missing = Array.from({ length: chunkCount(store) }, (_, chunk) => chunk).filter(
    (chunk) => !hasChunk(store, chunk),
  );
  if (missing.length === 0) return;
  const startedMs = Date.now();
  let done = 0;
  const processes = Math.min(availableParallelism(), missing.length);
  const work = Array.from({ length: processes }, (_, part) =>
    runProcess(
      { store, model, data, chunks: missing.filter((_, index) => index % processes === part) },
      () => {
        const leftS = (((Date.now() - startedMs) / ++done) * (missing.length - done)) / 1000;
        console.log(`features: ${done}/${missing.length} chunks, ${leftS.toFixed(0)} s left`);
      },
    ),
  );
  await Promise.all(work);
}

function runProcess(job: FeatureJob, onChunk: () => void): Promise<void> {
  const child = fork(fileURLToPath(new URL('feature-process.ts', import.meta.url)), [JSON.stringify(job)]);
  child.on('message', onChunk);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A feature process ended with code ${code}.`)),
    );
  });
}
