import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GRAPH_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import {
  type OpenImageClassifier,
  openImageClassifier,
} from '#workers/model-runtime/onnx/open-image-classifier.ts';

/** Opens the image model of `folder`, uncalibrated, with another graph in place of its own, as long as `use` runs. */
export async function withGraph<T>(
  folder: string,
  precision: keyof typeof GRAPH_FILES,
  graph: Uint8Array,
  use: (model: OpenImageClassifier) => Promise<T>,
): Promise<T> {
  const whole = mkdtempSync(join(tmpdir(), `${precision}-`));
  try {
    for (const file of ['config.json', 'preprocessor_config.json']) {
      cpSync(join(folder, file), join(whole, file));
    }
    mkdirSync(join(whole, 'onnx'));
    writeFileSync(join(whole, GRAPH_FILES[precision]), graph);
    return await use(await openImageClassifier(whole));
  } finally {
    rmSync(whole, { recursive: true, force: true });
  }
}
