import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportClassifierHead } from '#workers/model-zoo/classifier-head.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { MODEL_FILES } from './model-folder.ts';
import { openSession } from './open-session.ts';
import { loadTextTokenizer } from './text-tokenizer.ts';
import { encoderFeeds } from './token-batch.ts';

export interface BareSession {
  /** Logits of one batch, padded to its longest text, one row a text. */
  run(texts: readonly string[]): Promise<Float32Array>;
}

/**
 * The floor that benchmarks are held against: tokenizer, encoder and head called one after the other in this
 * process, with nothing of a server around them.
 */
export async function openBareSession(folder: string): Promise<BareSession> {
  const tokenizer = await loadTextTokenizer(folder);
  const encoder = await openSession(join(folder, MODEL_FILES.encoder));
  const checkpoint = readSafetensors(readFileSync(join(folder, MODEL_FILES.head)));
  const [hidden = 0, features = 0] = checkpoint.tensors.get('dense.weight')?.shape ?? [];
  const [labels = 0] = checkpoint.tensors.get('out_proj.weight')?.shape ?? [];
  const head = await openSession(
    exportClassifierHead({ features, hidden, labels }, checkpointWeights(checkpoint)),
  );
  return {
    async run(texts) {
      const outputs = await encoder.run(
        encoderFeeds(texts.map((text) => tokenizer.wrap(tokenizer.tokenize(text)))),
      );
      if (!outputs.features) throw new Error('The encoder gave no features.');
      const { logits } = await head.run({ features: outputs.features });
      return logits?.data as Float32Array;
    },
  };
}
