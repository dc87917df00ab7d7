import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AutoModelForSequenceClassification, AutoTokenizer, env } from '@huggingface/transformers';
import { afterAll, describe, expect, it } from 'vitest';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { classifierGraph, exportEncoder } from '#workers/model-zoo/export-encoder.ts';
import { readSafetensors, type StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { GRAPH_FILES } from './model-folder.ts';
import { openSession } from './open-session.ts';
import { loadTextTokenizer } from './reading/text-tokenizer.ts';
import { encoderFeeds } from './reading/token-batch.ts';

const shipped = new URL('../../models/sentiment/', import.meta.url).pathname;
const tiny = new URL('../../model-zoo/fixtures/tiny-bert/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'classifier-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** None longer than the small model's 24 positions. */
const TEXTS = ['a b', 'The film was!', 'not known: Ünï 😀'];
const LABELS = ['negative', 'neutral', 'positive'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A small random classifier as the zoo writes one: configuration, tokenizer, graph. */
function writeTinyClassifier(): void {
  const json = JSON.parse(readFileSync(join(tiny, 'config.json'), 'utf8')) as Record<string, unknown>;
  const config = parseBertConfig(json);
  const { tensors, metadata } = readSafetensors(readFileSync(join(tiny, 'model.safetensors')));
  const renamed = new Map<string, StoredTensor>(
    [...tensors].map(([name, tensor]) => [`bert.${name}`, tensor]),
  );
  const width = LABELS.length * config.hiddenSize;
  const classifier = Float32Array.from({ length: width }, (_, index) => Math.sin(index));
  renamed.set('classifier.weight', { shape: [LABELS.length, config.hiddenSize], data: classifier });
  renamed.set('classifier.bias', { shape: [LABELS.length], data: Float32Array.of(0.1, -0.2, 0.3) });
  const weights = checkpointWeights({ tensors: renamed, metadata });
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const graph = exportEncoder(classifierGraph({ config, weights }, LABELS.length), { kind: 'float32' });
  writeFileSync(join(folder, GRAPH_FILES.float32), graph);
  const id2label = Object.fromEntries(LABELS.map((label, id) => [id, label]));
  const architectures = ['BertForSequenceClassification'];
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...json, architectures, id2label }));
  copyFileSync(join(shipped, 'tokenizer_config.json'), join(folder, 'tokenizer_config.json'));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizer()));
}

/** The shipped model's, with a vocabulary as small as the model's. */
function tinyTokenizer(): object {
  const tokenizer = JSON.parse(readFileSync(join(shipped, 'tokenizer.json'), 'utf8')) as {
    added_tokens: { id: number; content: string }[];
    model: { vocab: Record<string, number> };
    post_processor: { special_tokens: Record<string, { ids: number[] }> };
  };
  const special = tokenizer.added_tokens.map(({ content }) => content);
  const words = [...special, ...LETTERS, ...Array.from(LETTERS, (letter) => `##${letter}`), '!', ':'];
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  for (const token of tokenizer.added_tokens) token.id = vocab[token.content] ?? 0;
  for (const [content, token] of Object.entries(tokenizer.post_processor.special_tokens)) {
    token.ids = [vocab[content] ?? 0];
  }
  return { ...tokenizer, model: { ...tokenizer.model, vocab } };
}

describe('a folder that the zoo writes', () => {
  it('loads unchanged in Transformers.js, with the same tokens and the same logits', async () => {
    writeTinyClassifier();
    env.allowRemoteModels = false;
    env.localModelPath = `${dirname(folder)}/`;
    const theirs = await AutoTokenizer.from_pretrained(basename(folder));
    const model = await AutoModelForSequenceClassification.from_pretrained(basename(folder), {
      dtype: 'fp32',
    });
    const ours = await loadTextTokenizer(folder);
    const session = await openSession(join(folder, GRAPH_FILES.float32));
    for (const text of TEXTS) {
      const ids = ours.wrap(ours.tokenize(text));
      const inputs = theirs(text);
      expect(Array.from(inputs.input_ids.data as BigInt64Array, Number)).toEqual(ids);
      const expected = (await session.run(encoderFeeds([ids]))).logits?.data as Float32Array;
      const { logits } = await model(inputs);
      Array.from(logits.data as Float32Array).forEach((value, label) => {
        expect(Math.abs(value - (expected[label] ?? Number.NaN))).toBeLessThan(1e-4);
      });
    }
    await model.dispose();
    await session.release();
  }, 30_000);
});
