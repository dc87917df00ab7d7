import { stat } from 'node:fs/promises';
import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { textProcessEntry } from './compute-thread-entry.ts';

export interface LoadedText {
  readonly runtime: TextGenerator;
  /** The same model, adapted. */
  readonly adapters?: readonly TextGenerator[];
  readonly createdAt: Date;
}

const TEXT_MODEL_ID = 'text-1';
/** Beside those that one workspace may have: a request of another one finds a sequence at once. */
const SEQUENCES_KEPT = 2;

/** The engine is imported only where it runs. Null: there is no such model here, and so none of its paths. */
export async function loadText(
  environment: InferenceEnvironment,
  logger: Logger,
): Promise<LoadedText | null> {
  if (environment.runtime === 'fake') return loadFake(environment);
  if (environment.textUpstream) return loadUpstream(environment, environment.textUpstream, logger);
  const { howToInstallLlama, isLlamaInstalled, loadTextGenerator } = await import(
    '#workers/model-runtime/llama-cpp/load-text-generator.ts'
  );
  const { text } = environment;
  if (!isLlamaInstalled(text.device)) {
    const install = howToInstallLlama(text.device);
    logger.warn(
      { install },
      'llama.cpp is not installed; the paths of the model that writes texts are not served.',
    );
    return null;
  }
  const { findTextModel } = await import('./find-text-model.ts');
  const folder = await findTextModel(environment, logger);
  if (folder === null) return null;
  const runtime = await loadTextGenerator({
    ...text,
    laneSequencesMax: laneSequencesMax(environment),
    folder,
    id: TEXT_MODEL_ID,
    logger,
    entry: textProcessEntry(),
  });
  return { runtime, adapters: runtime.adapters, createdAt: (await stat(folder)).mtime };
}

/** Nothing of llama.cpp is loaded: an engine elsewhere writes. */
async function loadUpstream(
  environment: InferenceEnvironment,
  upstream: NonNullable<InferenceEnvironment['textUpstream']>,
  logger: Logger,
): Promise<LoadedText> {
  const { loadUpstreamGenerator } = await import(
    '#workers/model-runtime/openai-upstream/load-upstream-generator.ts'
  );
  const runtime = loadUpstreamGenerator({
    ...upstream,
    contextTokens: environment.text.contextTokens,
    sequences: environment.text.sequences,
    laneSequencesMax: laneSequencesMax(environment),
    id: TEXT_MODEL_ID,
    logger,
  });
  return { runtime, createdAt: new Date() };
}

function laneSequencesMax({ text }: InferenceEnvironment): number {
  return Math.max(1, text.sequences - SEQUENCES_KEPT);
}

async function loadFake(environment: InferenceEnvironment): Promise<LoadedText> {
  if (environment.isProduction)
    throw new Error('INFERENCE_RUNTIME=fake is refused with NODE_ENV=production.');
  const { fakeTextGenerator } = await import('#workers/model-runtime/fake/fake-text-generator.ts');
  const runtime = fakeTextGenerator({
    id: TEXT_MODEL_ID,
    keepsInputs: false,
    tokenMs: environment.fakeRuntimeLatencyMs,
  });
  return { runtime, createdAt: new Date() };
}
