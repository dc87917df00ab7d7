import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal, type TextEmbedding } from '../model-runtime.ts';
import { loadTextEmbedder, type OnnxTextEmbedder } from './load-text-embedder.ts';
import { loadTextTokenizer } from './reading/text-tokenizer.ts';

const folder = new URL('../../models/text-embedding', import.meta.url).pathname;
const threadEntry = new URL('./compute-thread.ts', import.meta.url);
const load = (over = {}) =>
  loadTextEmbedder({ folder, id: 'text-embedding-1', threads: 1, threadEntry, ...over });

let model: OnnxTextEmbedder;

beforeAll(async () => {
  model = await load();
  await model.ready();
});

afterAll(() => model.close());

async function embeddings(texts: readonly string[], truncate = false): Promise<TextEmbedding[]> {
  const outputs = await model.run(texts.map((text) => ({ text, truncate })));
  return outputs.map((output) => {
    if (isRefusal(output)) throw new Error('refused');
    return output;
  });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);

describe('the sentence encoder on its compute thread', () => {
  it('says what it is', () => {
    expect(model.model.version).toMatch(/^text-embedding-1@[0-9a-f]{8}$/);
    expect(model).toMatchObject({ dimensions: 384, limits: { contextTokens: 510 } });
  });

  it('gives vectors of length 1, near to each other where texts mean the same', async () => {
    const [query, same, other] = await embeddings([
      'How do I reset my password?',
      'I forgot my login credentials and need to set new ones.',
      'The recipe needs two eggs and a cup of flour.',
    ]);
    for (const embedding of [query, same, other]) {
      expect(embedding?.vector).toHaveLength(384);
      expect(Math.hypot(...(embedding?.vector ?? []))).toBeCloseTo(1, 5);
    }
    const cosine = (b: TextEmbedding | undefined) => dot(query?.vector ?? [], b?.vector ?? []);
    expect(cosine(same)).toBeGreaterThan(0.4);
    expect(cosine(other)).toBeLessThan(0.2);
  });

  it('stays with the vectors that transformers computes of the weights as published', async () => {
    const reference = JSON.parse(
      readFileSync(
        new URL('../../model-zoo/fixtures/all-minilm-l6-v2-reference.json', import.meta.url),
        'utf8',
      ),
    ) as { texts: number[][]; means: number[][][] };
    const { texts, published } = await asTexts(reference);
    expect(texts.length).toBeGreaterThan(0);
    for (const [at, { vector }] of (await embeddings(texts)).entries()) {
      const wanted = published[at] ?? [];
      expect(dot(vector, wanted) / Math.hypot(...wanted)).toBeGreaterThan(0.99);
    }
  });

  it('gives a text the same vector alone and in company', async () => {
    const text = 'The screen is bright but the battery is weak.';
    const [alone] = await embeddings([text]);
    const [, together] = await embeddings(['short', text, 'A longer text stands beside it. '.repeat(12)]);
    const differences = alone?.vector.map((value, at) => Math.abs(value - (together?.vector[at] ?? 1)));
    expect(Math.max(...(differences ?? [1]))).toBeLessThan(1e-5);
  });

  it('counts the tokens of the text alone, within the bound that is held for it', async () => {
    const text = 'Unbelievably good value; shipping took 3 days.';
    const [two, none, counted] = await embeddings(['good film', '', text]);
    expect([two?.inputTokens, none?.inputTokens]).toEqual([2, 0]);
    expect(model.costBound({ text, truncate: false })).toBeGreaterThanOrEqual(counted?.inputTokens ?? 1e9);
  });

  it('refuses a text beyond the context, cuts it when asked, and answers its neighbour', async () => {
    const long = 'good '.repeat(511);
    const [refused, cut, neighbour] = await model.run([
      { text: long, truncate: false },
      { text: long, truncate: true },
      { text: 'bad', truncate: false },
    ]);
    expect(refused).toEqual({ refused: 'input_too_long', tokens: 511, contextTokens: 510 });
    expect(cut).toMatchObject({ truncated: true, inputTokens: 510 });
    expect(neighbour).toMatchObject({ truncated: false, inputTokens: 1 });
  });
});

describe('a folder that is no sentence encoder', () => {
  it('is never ready and says why', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'model-'));
    cpSync(folder, copy, { recursive: true });
    cpSync(new URL('../../models/sentiment/onnx', import.meta.url).pathname, join(copy, 'onnx'), {
      recursive: true,
    });
    const unusable = await load({ folder: copy });
    await expect(unusable.ready()).rejects.toThrow('gives logits, and no sentence_embedding');
    await unusable.close();
    rmSync(copy, { recursive: true });
  }, 20_000);
});

/** The references are of token ids: those that the tokenizer makes of the text that they spell. */
async function asTexts({ texts, means }: { texts: number[][]; means: number[][][] }) {
  const tokenizer = await loadTextTokenizer(folder);
  const { model: words } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number> };
  };
  const byId = new Map(Object.entries(words.vocab).map(([word, id]) => [id, word]));
  const spelt = texts.map((ids) =>
    ids
      .slice(1, -1)
      .map((id) => byId.get(id) ?? '')
      .join(' ')
      .replaceAll(' ##', ''),
  );
  const kept = spelt.flatMap((text, at) =>
    JSON.stringify(tokenizer.wrap(tokenizer.tokenize(text))) === JSON.stringify(texts[at]) ? [at] : [],
  );
  return {
    texts: kept.map((at) => spelt[at] ?? ''),
    published: kept.map((at) => means.at(-1)?.[at] ?? []),
  };
}
