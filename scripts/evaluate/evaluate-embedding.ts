import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, MissingBaseError, REPOSITORY } from '#scripts/models/base-folder.ts';
import { readNovels } from '#scripts/models/language-models/novels.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { readLabelledTexts, sentimentFile } from '#scripts/models/sentiment/sentiment-data.ts';
import { isRefusal } from '#workers/model-runtime/model-runtime.ts';
import {
  describeEncoder,
  digestModel,
  ENCODER_FILES,
  GRAPH_FILES,
  graphFile,
  servedFiles,
} from '#workers/model-runtime/onnx/model-folder.ts';
import { type OpenTextEmbedder, openTextEmbedder } from '#workers/model-runtime/onnx/open-text-embedder.ts';
import type {
  EmbeddingMetrics,
  EmbeddingPrecision,
  LadderRung,
  RetrievalFigures,
} from './cards/embedding-metrics.ts';
import { writeEmbeddingCard } from './cards/write-embedding-card.ts';
import { type PassagePair, passagePairs } from './language-models/novel-passages.ts';
import { bm25, retrieve } from './measures/retrieval.ts';
import { dot, vectorAgreement } from './measures/vector-agreement.ts';
import { measureLatency } from './texts/measure-latency.ts';

const MODEL_ID = 'text-embedding-1';
/** Short passages, and such as fill most of the context. */
const LENGTHS = [
  { words: 60, placesANovel: 4 },
  { words: 240, placesANovel: 1 },
];
/** One remark of so many. */
const REMARKS_APART = 6;
/** Texts that one call of the model takes; it sorts them by length. */
const AT_ONCE = 64;

/**
 * Measures the shipped sentence encoder: its 8 bits against the same weights in 32, on short remarks and on prose that no
 * range was measured on, and what it finds, against words alone. Writes metrics.json and the card.
 */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'text-embedding');
  const folders: Record<EmbeddingPrecision, string> = {
    float32: exported('float32'),
    int8: folder,
  };
  const novels = readNovels().map(({ text }) => text);
  const sets = LENGTHS.map(({ words, placesANovel }) => ({
    words,
    pairs: passagePairs(novels, words, placesANovel),
  }));
  const remarks = readLabelledTexts(sentimentFile('test'))
    .filter((_, index) => index % REMARKS_APART === 0)
    .map(({ text }) => text);
  const retrieval: RetrievalFigures[] = sets.map(({ words, pairs }) => ({
    words,
    passages: pairs.length,
    by: 'bm25',
    ...retrieve(pairs.length, bm25(passagesOf(pairs), nextOf(pairs))),
  }));
  const ladder: LadderRung[] = [];
  let floats: readonly Float32Array[] | null = null;
  for (const precision of ['float32', 'int8'] as const) {
    console.log(precision);
    const model = await openTextEmbedder(folders[precision]);
    const vectors = await embed(model, remarks);
    for (const { words, pairs } of sets) {
      const passages = await embed(model, passagesOf(pairs));
      const next = await embed(model, nextOf(pairs));
      vectors.push(...passages);
      const alike = (query: number, candidate: number) =>
        dot(passages[query] ?? new Float32Array(), next[candidate] ?? new Float32Array());
      const found = retrieve(pairs.length, alike);
      retrieval.push({ words, passages: pairs.length, by: precision, ...found });
    }
    ladder.push({
      precision,
      sizeBytes: statSync(join(folders[precision], GRAPH_FILES[precision])).size,
      cpuMs: (await measureLatency(model.embed)).cpuMs,
      agreement: floats && vectorAgreement(vectors, floats),
    });
    floats ??= vectors;
  }
  const { contextTokens, hiddenSize } = await describeEncoder(folder);
  const digest = await digestModel(folder, servedFiles(folder, ENCODER_FILES));
  const metrics: EmbeddingMetrics = {
    id: MODEL_ID,
    task: 'embedding',
    version: `${MODEL_ID}@${digest.slice(0, 8)}`,
    digest,
    engine: null,
    trainedAt: null,
    dimensions: hiddenSize,
    contextTokens,
    sizeBytes: statSync(join(folder, graphFile(folder))).size,
    ladder,
    retrieval: retrieval.toSorted((a, b) => a.words - b.words),
    latency: await measureLatency((await openTextEmbedder(folder)).embed),
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeEmbeddingCard(folder, metrics);
  console.log(JSON.stringify(metrics, null, 2));
}

function exported(precision: EmbeddingPrecision): string {
  const folder = join(CACHE, 'export', 'text-embedding', precision);
  if (existsSync(join(folder, GRAPH_FILES[precision]))) return folder;
  throw new MissingBaseError(`${folder} has no graph. Write it: npm run export:embedding`);
}

async function embed(model: OpenTextEmbedder, texts: readonly string[]): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const inputs = texts.slice(from, from + AT_ONCE).map((text) => ({ text, truncate: true }));
    for (const output of await model.embed(inputs)) {
      if (!isRefusal(output)) vectors.push(output.vector);
    }
  }
  return vectors;
}

const passagesOf = (pairs: readonly PassagePair[]) => pairs.map(({ passage }) => passage);
const nextOf = (pairs: readonly PassagePair[]) => pairs.map(({ next }) => next);

await runScript(main);
