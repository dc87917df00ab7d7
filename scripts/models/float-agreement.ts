import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { openSession } from '#workers/model-runtime/onnx/open-session.ts';
import { splitByLength } from '#workers/model-runtime/onnx/split-by-length.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/text-tokenizer.ts';
import { encoderFeeds } from '#workers/model-runtime/onnx/token-batch.ts';
import { exportClassifierHead } from '#workers/model-zoo/classifier-head.ts';
import { exportBertFeatures } from '#workers/model-zoo/export-bert-features.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { baseFeatures } from './build-encoder.ts';
import { best, type Judged } from './measures.ts';

const PADDED_TOKENS_MAX = 1024;

/** The share of texts to which the base in floats, under the same head, gives the same label as what is shipped. */
export async function floatAgreement(
  folder: string,
  texts: readonly string[],
  shipped: readonly Judged[],
): Promise<number> {
  const tokenizer = await loadTextTokenizer(folder);
  const encoder = await openSession(exportBertFeatures(baseFeatures(), { kind: 'float32' }));
  const checkpoint = readSafetensors(readFileSync(join(folder, MODEL_FILES.head)));
  const [hidden = 0, features = 0] = checkpoint.tensors.get('dense.weight')?.shape ?? [];
  const [labels = 0] = checkpoint.tensors.get('out_proj.weight')?.shape ?? [];
  const head = await openSession(
    exportClassifierHead({ features, hidden, labels }, checkpointWeights(checkpoint)),
  );
  const ids = texts.map((text) => tokenizer.wrap(tokenizer.tokenize(text).slice(0, 510)));
  let same = 0;
  for (const run of splitByLength(
    ids.map(({ length }) => length),
    PADDED_TOKENS_MAX,
  )) {
    const outputs = await encoder.run(encoderFeeds(run.map((index) => ids[index] ?? [])));
    if (!outputs.features) throw new Error('The encoder gave no features.');
    const { logits } = await head.run({ features: outputs.features });
    const values = logits?.data as Float32Array;
    run.forEach((index, row) => {
      const label = best([...values.subarray(row * labels, (row + 1) * labels)]);
      if (label === best(shipped[index]?.scores ?? [])) same++;
    });
  }
  return same / texts.length;
}
