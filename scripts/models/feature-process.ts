import { join } from 'node:path';
import { MODEL_FILES } from '#workers/model-runtime/onnx/model-folder.ts';
import { openSession } from '#workers/model-runtime/onnx/open-session.ts';
import { splitByLength } from '#workers/model-runtime/onnx/split-by-length.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/text-tokenizer.ts';
import { encoderFeeds } from '#workers/model-runtime/onnx/token-batch.ts';
import type { FeatureJob } from './extract-features.ts';
import { CHUNK_ROWS, writeChunk } from './feature-store.ts';
import { readLabelledTexts } from './sentiment-data.ts';

const CONTEXT_TOKENS = 510;
const PADDED_TOKENS_MAX = 1024;

const { store, model, data, chunks } = JSON.parse(process.argv[2] ?? '') as FeatureJob;
const tokenizer = await loadTextTokenizer(model);
const session = await openSession(join(model, MODEL_FILES.encoder));
const rows = readLabelledTexts(data);

for (const chunk of chunks) {
  const texts = rows.slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS);
  const ids = texts.map(({ text }) => tokenizer.wrap(tokenizer.tokenize(text).slice(0, CONTEXT_TOKENS)));
  const features = new Float32Array(texts.length * store.width);
  for (const run of splitByLength(
    ids.map(({ length }) => length),
    PADDED_TOKENS_MAX,
  )) {
    const outputs = await session.run(encoderFeeds(run.map((index) => ids[index] ?? [])));
    const values = outputs.features?.data as Float32Array;
    run.forEach((index, row) => {
      features.set(values.subarray(row * store.width, (row + 1) * store.width), index * store.width);
    });
  }
  writeChunk(store, chunk, features);
  process.send?.('chunk');
}
process.disconnect?.();
