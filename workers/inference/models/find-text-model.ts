import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#server/domain/logger.ts';
import type { InferenceEnvironment } from '#server/platform/environment/inference.ts';
import { servedModelFolders } from '#server/platform/model-cards/served-model-folders.ts';
import { fetchHubModel } from '#workers/model-runtime/hub/fetch-hub-model.ts';
import { createHubClient } from '#workers/model-runtime/hub/hub-client.ts';
import { isHubModel, parseHubModel } from '#workers/model-runtime/hub/hub-model.ts';
import { ModelRuntimeError } from '#workers/model-runtime/model-runtime.ts';

/**
 * Where the model that writes is: in the models folder, or what TEXT_MODEL names, which is fetched if the hub has it. Null: the
 * models folder has none. What the operator names and is not there is an error.
 */
export async function findTextModel(
  { textModel, modelsDir, hub }: Pick<InferenceEnvironment, 'textModel' | 'modelsDir' | 'hub'>,
  logger: Logger,
): Promise<string | null> {
  if (textModel === '') {
    const folder = path.resolve(modelsDir, servedModelFolders.texts);
    const found = await stat(folder).catch(() => null);
    if (!found) logger.warn({ folder }, 'There is no model that writes texts; its paths are not served.');
    return found ? folder : null;
  }
  if (!isHubModel(textModel)) return path.resolve(textModel);
  const model = parseHubModel(textModel);
  if (!hub.isEnabled) {
    throw new ModelRuntimeError(
      `TEXT_MODEL names ${model.repository} of the hub, from which nothing is fetched unless HUB_MODELS=1.`,
    );
  }
  const folder = path.resolve(hub.folder);
  return fetchHubModel({ client: createHubClient(hub), folder, logger }, model);
}
