import path from 'node:path';
import type { Logger } from '#server/domain/logger.ts';
import { safetyLimits } from '#server/domain/rate-limits/limits.ts';
import { parseSafetyPolicy, type SafetyPolicy } from '#server/domain/safety/safety-policy.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { readPolicyFile } from '#server/platform/safety/read-policy-file.ts';
import type { TextClassifier } from '#workers/model-runtime/model-runtime.ts';
import { tokenUpperBound } from '#workers/model-runtime/token-bound.ts';
import { computeThreadEntry } from './compute-thread-entry.ts';

/** The classifier that is sold, by the name of its folder: a policy that names it shares its processes. */
const soldFolder = 'sentiment';

export function loadSafetyPolicy({ safetyPolicyFile }: InferenceEnvironment): Promise<SafetyPolicy> {
  return readPolicyFile(safetyPolicyFile, safetyLimits.fileBytesMax).then(parseSafetyPolicy);
}

export interface LoadedChecker {
  readonly runtime: TextClassifier;
  readonly costBound: (input: { readonly text: string }) => number;
}

/** What answers are checked with, where it is no model that is loaded anyway. A label that it has not is told at once. */
export async function loadChecker(
  { answerCheck }: SafetyPolicy,
  environment: InferenceEnvironment,
  logger: Logger,
): Promise<LoadedChecker | null> {
  if (answerCheck === null) return null;
  if (environment.runtime === 'fake') return refuseOthers(answerCheck.model);
  const folder = path.resolve(environment.modelsDir, answerCheck.model);
  const [{ loadTextClassifier }, { describeModel }] = await Promise.all([
    import('#workers/model-runtime/onnx/load-text-classifier.ts'),
    import('#workers/model-runtime/onnx/model-folder.ts'),
  ]);
  const { labels } = await describeModel(folder);
  if (!labels.includes(answerCheck.label)) {
    throw new Error(`The safety policy names a label that its model has not; it has ${labels.join(', ')}.`);
  }
  if (answerCheck.model === soldFolder) return null;
  const runtime = await loadTextClassifier({
    folder,
    id: answerCheck.model,
    // It reads a sentence at a time, of what a slower model writes.
    threads: 1,
    threadEntry: computeThreadEntry(),
    logger,
  });
  const { contextTokens } = runtime.limits;
  return { runtime, costBound: ({ text }) => tokenUpperBound(text, contextTokens) };
}

function refuseOthers(model: string): null {
  if (model === soldFolder) return null;
  throw new Error(`INFERENCE_RUNTIME=fake has no classifier but ${soldFolder}.`);
}
