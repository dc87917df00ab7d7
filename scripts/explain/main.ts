import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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

const PICTURE_OPTIONS = ['out', 'grid', 'samples', 'seed'] as const;
const OPTIONS = {
  method: { type: 'string' },
  label: { type: 'string' },
  out: { type: 'string' },
  grid: { type: 'string' },
  samples: { type: 'string' },
  seed: { type: 'string' },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [model, input, more] = positionals;
  if (!model || !input) throw new UsageError(USAGE);
  if (more !== undefined) {
    throw new UsageError(`"${more}" is one argument too many: a text stands in quotation marks.\n\n${USAGE}`);
  }
  const folder = folderOf(model);
  if (!existsSync(join(folder, 'model.safetensors'))) {
    throw new UsageError(`${folder} has no model.safetensors: this needs a model's weights.\n\n${USAGE}`);
  }
  const isOfPictures = 'label_names' in (await readJson(folder, 'config.json'));
  const methods: readonly string[] = isOfPictures ? PICTURE_METHODS : TEXT_METHODS;
  if (values.method !== undefined && !methods.includes(values.method)) {
    throw new UsageError(`--method is one of ${methods.join(', ')} for this model.\n\n${USAGE}`);
  }
  const foreign = isOfPictures ? undefined : PICTURE_OPTIONS.find((name) => values[name] !== undefined);
  if (foreign) throw new UsageError(`--${foreign} is for pictures.\n\n${USAGE}`);
  const { method, label, out, grid = '7', samples = '256', seed = '0' } = values;
  if (out !== undefined && !existsSync(dirname(resolve(out)))) {
    throw new UsageError(`--out ${out}: there is no folder ${dirname(resolve(out))}.`);
  }
  console.log(`engine: ${describeEngine(await startEngine(wantedEngine(process.env.ENGINE)))}`);
  if (!isOfPictures) return explainText(folder, input, { method, label });
  await explainPicture(folder, input, {
    method,
    label,
    out,
    grid: Number(grid),
    samples: Number(samples),
    seed: Number(seed),
  });
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
  const isOption = error instanceof TypeError && 'code' in error;
  if (!isOption && !kinds.some((kind) => error instanceof kind)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
