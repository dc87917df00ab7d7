import path from 'node:path';
import { expect, it } from 'vitest';
import { textModelLimits } from '#server/domain/rate-limits/limits.ts';
import { servedModelFolders } from '#server/platform/model-cards/served-model-folders.ts';
import { describeEncoder, describeModel } from '#workers/model-runtime/onnx/model-folder.ts';

const models = path.resolve(import.meta.dirname, '../../models');

/** The pages that say it can't read a model's folder. */
it.each([
  ['sentiment', describeModel],
  ['embeddings', describeEncoder],
] as const)('the documents say how much of a text is read: %s', async (model, describe) => {
  const { contextTokens } = await describe(path.join(models, servedModelFolders[model]));
  expect(contextTokens).toBe(textModelLimits.tokensMax);
});
