import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';

export interface LoadedText {
  readonly runtime: TextGenerator;
  readonly createdAt: Date;
}

/** The engine is imported only where it runs. Null: there is no such model here, and so none of its paths. */
export async function loadText(
  environment: InferenceEnvironment,
  logger: Logger,
): Promise<LoadedText | null> {
  if (environment.runtime === 'fake') return loadFake(environment);
  const folder = path.resolve(environment.modelsDir, 'text-generation');
  const found = await stat(folder).catch(() => null);
  if (!found) {
    logger.warn({ folder }, 'There is no model that writes texts; its paths are not served.');
    return null;
  }
  const { loadTextGenerator } = await import('#workers/model-runtime/llama-cpp/load-text-generator.ts');
  const { computeThreads: threads } = environment;
  const runtime = await loadTextGenerator({ folder, threads, logger, entry: computeThreadEntry() });
  return { runtime, createdAt: found.mtime };
}

async function loadFake(environment: InferenceEnvironment): Promise<LoadedText> {
  if (environment.isProduction)
    throw new Error('INFERENCE_RUNTIME=fake is refused with NODE_ENV=production.');
  const { fakeTextGenerator } = await import('#workers/model-runtime/fake/fake-text-generator.ts');
  const runtime = fakeTextGenerator({ id: 'text-1', tokenMs: environment.fakeRuntimeLatencyMs });
  return { runtime, createdAt: new Date() };
}
