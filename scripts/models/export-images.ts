import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GRAPH_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { LITE0_FEATURES, LITE0_STRIDE } from '#workers/model-zoo/efficientnet-lite.ts';
import { exportImageClassifier, type ImagePrecision } from '#workers/model-zoo/export-image-classifier.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { MissingBaseError, REPOSITORY } from './base-folder.ts';
import { IMAGE_BASE } from './images/image-base.ts';
import { type ImagenetClass, readImagenetClasses } from './images/imagenet-classes.ts';
import { runScript } from './run-script.ts';

const SIZE = 224;
/** What the pictures were normalised with in training, (value - 127) / 128. */
const MEAN = 127 / 255;
const STD = 128 / 255;

/** Writes the folder that ships of the base that `models:fetch` brought. DATA_DIR has the names of the classes. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, precision: { type: 'string', default: 'float16' } },
  });
  const to = values.to ?? join(REPOSITORY, 'workers', 'models', 'image-classification');
  const precision: ImagePrecision = values.precision === 'float32' ? 'float32' : 'float16';
  const checkpoint = join(IMAGE_BASE.folder, 'model.safetensors');
  if (!existsSync(checkpoint)) {
    throw new MissingBaseError(
      `${IMAGE_BASE.name} is not in ${IMAGE_BASE.folder}. Fetch it: npm run models:fetch`,
    );
  }
  const data = process.env.DATA_DIR ?? join(REPOSITORY, '..', 'shared', 'data');
  const classes = readImagenetClasses(join(data, 'weights', 'darknet-tiny-imagenet'));
  const weights = checkpointWeights(readSafetensors(readFileSync(checkpoint)));
  mkdirSync(join(to, 'onnx'), { recursive: true });
  copyFileSync(checkpoint, join(to, 'model.safetensors'));
  const graph = exportImageClassifier('efficientnet_lite0', weights, {
    labels: classes.length,
    size: SIZE,
    precision,
  });
  writeFileSync(join(to, GRAPH_FILES[precision]), graph);
  writeJson(join(to, 'config.json'), config(classes));
  writeJson(join(to, 'preprocessor_config.json'), preprocessor());
  console.log(`${to}: ${GRAPH_FILES[precision]}, ${graph.byteLength} bytes`);
}

/** As timm writes it on the Hugging Face hub. */
function config(classes: readonly ImagenetClass[]): object {
  return {
    architecture: 'tf_efficientnet_lite0',
    num_classes: classes.length,
    num_features: LITE0_FEATURES,
    feature_map_side: SIZE / LITE0_STRIDE,
    label_names: classes.map(({ wordnetId }) => wordnetId),
    label_descriptions: Object.fromEntries(classes.map(({ wordnetId, label }) => [wordnetId, label])),
    pretrained_cfg: {
      num_classes: classes.length,
      input_size: [3, SIZE, SIZE],
      fixed_input_size: false,
      interpolation: 'bicubic',
      crop_pct: 0.875,
      crop_mode: 'center',
      mean: [MEAN, MEAN, MEAN],
      std: [STD, STD, STD],
      first_conv: 'conv_stem',
      classifier: 'classifier',
      license: 'apache-2.0',
    },
  };
}

/** As `transformers` reads it; 224 of 256 is the 0.875 above, resample 3 the bicubic filter. */
function preprocessor(): object {
  return {
    image_processor_type: 'CLIPImageProcessor',
    do_convert_rgb: true,
    do_resize: true,
    size: { shortest_edge: 256 },
    resample: 3,
    do_center_crop: true,
    crop_size: { height: SIZE, width: SIZE },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [MEAN, MEAN, MEAN],
    image_std: [STD, STD, STD],
  };
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

await runScript(main);
