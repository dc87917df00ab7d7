import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '#scripts/models/base-folder.ts';
import { describeEngine, EngineError, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { ModelFolderError, readJson } from '#workers/model-runtime/onnx/model-folder.ts';
import { ModelConfigError } from '#workers/model-zoo/bert-config.ts';
import { SafetensorsError } from '#workers/model-zoo/safetensors.ts';
import { explainPicture } from './explain-picture.ts';
import { explainText } from './explain-text.ts';
import { PICTURE_METHODS, TEXT_METHODS, USAGE, UsageError } from './usage.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      method: { type: 'string' },
      label: { type: 'string' },
      out: { type: 'string' },
      grid: { type: 'string', default: '7' },
      samples: { type: 'string', default: '256' },
      seed: { type: 'string', default: '0' },
    },
  });
  const [model, input] = positionals;
  if (!model || !input) throw new UsageError(USAGE);
  const folder = folderOf(model);
  if (!existsSync(join(folder, 'model.safetensors'))) {
    throw new UsageError(`${folder} has no model.safetensors: this needs a model's weights.\n\n${USAGE}`);
  }
  const isOfPictures = 'label_names' in (await readJson(folder, 'config.json'));
  const methods: readonly string[] = isOfPictures ? PICTURE_METHODS : TEXT_METHODS;
  if (values.method !== undefined && !methods.includes(values.method)) {
    throw new UsageError(`--method is one of ${methods.join(', ')} for this model.\n\n${USAGE}`);
  }
  console.log(`engine: ${describeEngine(await startEngine(wantedEngine(process.env.ENGINE)))}`);
  const { method, label, out } = values;
  if (!isOfPictures) return explainText(folder, input, { method, label });
  const [grid, samples, seed] = [values.grid, values.samples, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  await explainPicture(folder, input, { method, label, out, grid, samples, seed });
}

/** A name stands for a built-in model, anything else is a path. */
function folderOf(model: string): string {
  const builtIn = join(REPOSITORY, 'workers', 'models', model);
  return /^[\w-]+$/.test(model) && existsSync(builtIn) ? builtIn : model;
}

try {
  await main();
} catch (error) {
  const kinds = [UsageError, EngineError, ModelFolderError, ModelConfigError, SafetensorsError];
  if (!kinds.some((kind) => error instanceof kind)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
