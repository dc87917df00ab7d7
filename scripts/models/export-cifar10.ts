import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cifar10Training } from '#scripts/evaluate/cards/cifar10-metrics.ts';
import { GRAPH_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { CACHE, MissingBaseError, REPOSITORY } from './base-folder.ts';
import { CIFAR10_CLASSES, CIFAR10_SIDE } from './images/cifar10-data.ts';
import { cifar10Graph } from './images/cifar10-graph.ts';
import { runScript } from './run-script.ts';

/** Writes the folder that ships of the network that `train:cifar10` trained. `evaluate:cifar10` calibrates it and writes its card. */
async function main(): Promise<void> {
  const from = join(process.env.WORK_DIR ?? join(CACHE, 'training', 'cifar10'), 'model');
  const to = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'cifar10');
  if (!existsSync(join(from, 'model.safetensors'))) {
    throw new MissingBaseError(`There is no trained network in ${from}. Train it: npm run train:cifar10`);
  }
  const training = JSON.parse(readFileSync(join(from, 'training.json'), 'utf8')) as Cifar10Training;
  const weights = checkpointWeights(readSafetensors(readFileSync(join(from, 'model.safetensors'))));
  mkdirSync(join(to, 'onnx'), { recursive: true });
  const { mean, std } = training.settings.statistics;
  const graph = await cifar10Graph(weights, 'int8', { mean, std });
  writeFileSync(join(to, GRAPH_FILES.int8), graph);
  const write = (file: string, value: object) =>
    writeFileSync(join(to, file), `${JSON.stringify(value, null, 2)}\n`);
  write('config.json', {
    architecture: 'small_resnet',
    num_classes: CIFAR10_CLASSES.length,
    label_names: CIFAR10_CLASSES,
  });
  write('preprocessor_config.json', {
    do_convert_rgb: true,
    do_resize: true,
    size: { shortest_edge: CIFAR10_SIDE },
    resample: 3,
    do_center_crop: true,
    crop_size: { height: CIFAR10_SIDE, width: CIFAR10_SIDE },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
  });
  write('training.json', training);
  console.log(`${to}: ${GRAPH_FILES.int8}, ${graph.byteLength} bytes`);
}

await runScript(main);
