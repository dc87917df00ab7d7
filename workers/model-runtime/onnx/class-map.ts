import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import type { ClassMap } from '../model-runtime.ts';
import { ModelFolderError } from './model-folder.ts';

const CHECKPOINT = 'model.safetensors';
/** timm's name. */
const HEAD = 'classifier.weight';

/** What the head multiplies features with [classes, width], row by row. */
export interface HeadWeights {
  readonly data: Float32Array;
  readonly width: number;
}

/** The head's weights, from the checkpoint beside the graph. */
export function readHead(
  folder: string,
  { classes, width }: { classes: number; width: number },
): HeadWeights {
  const file = join(folder, CHECKPOINT);
  if (!existsSync(file)) {
    throw new ModelFolderError(`${CHECKPOINT} is missing: maps of classes are made with it.`);
  }
  const weights = checkpointWeights(readSafetensors(readFileSync(file)));
  return { data: weights(HEAD, [classes, width]).data, width };
}

/**
 * What each place does for a class's logit. The features are the maps' means and the head is linear in them, so the logit is
 * the sum over all places of the head's row times what the maps have there, by the number of places, and the bias (Zhou and
 * others, "Learning Deep Features for Discriminative Localization", 2016). Of such a network that is Grad-CAM's map before
 * what is below 0 is left out (Selvaraju and others, 2017): the gradient is the head's row.
 *
 * `maps` [width, side, side].
 */
export function classMap(maps: Float32Array, { data, width }: HeadWeights, classIndex: number): ClassMap {
  const places = maps.length / width;
  const values = new Float32Array(places);
  for (let channel = 0; channel < width; channel++) {
    const weight = (data[classIndex * width + channel] ?? 0) / places;
    for (let place = 0; place < places; place++) {
      values[place] = (values[place] ?? 0) + weight * (maps[channel * places + place] ?? 0);
    }
  }
  return { values, side: Math.sqrt(places) };
}
