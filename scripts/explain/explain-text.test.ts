import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { ModelFolderError } from '#workers/model-runtime/onnx/model-folder.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { explainText } from './explain-text.ts';
import { UsageError } from './usage.ts';

const folder = mkdtempSync(join(tmpdir(), 'explain-text-'));
const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'good', 'bad', 'film', 'not'];
const LABELS = 3;
const said: string[] = [];

interface TokenizerJson {
  model: { vocab: Record<string, number> };
  added_tokens: { id: number; content: string }[];
  post_processor: { special_tokens: Record<string, { ids: number[] }> };
}

/** The small random BERT of the tests as a classifier, with ten words. */
function writeModel(): void {
  const tiny = new URL('../../workers/model-zoo/fixtures/tiny-bert/', import.meta.url);
  const { tensors } = readSafetensors(readFileSync(new URL('model.safetensors', tiny)));
  const random = randomNumbers(5);
  const layer = (shape: number[]): StoredTensor => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * random() - 2),
  });
  const config = JSON.parse(readFileSync(new URL('config.json', tiny), 'utf8')) as { hidden_size: number };
  const classifier: [string, StoredTensor][] = [
    ['classifier.weight', layer([LABELS, config.hidden_size])],
    ['classifier.bias', layer([LABELS])],
  ];
  const bert = [...tensors].map(([name, tensor]): [string, StoredTensor] => [`bert.${name}`, tensor]);
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([...bert, ...classifier]));
  const id2label = { 0: 'negative', 1: 'neutral', 2: 'positive' };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, id2label }));
  writeTokenizer(WORDS);
}

function writeTokenizer(words: readonly string[]): void {
  const shipped = new URL('../../workers/models/sentiment/', import.meta.url);
  const tokenizer = JSON.parse(readFileSync(new URL('tokenizer.json', shipped), 'utf8')) as TokenizerJson;
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  tokenizer.model.vocab = vocab;
  for (const added of tokenizer.added_tokens) added.id = vocab[added.content] ?? 0;
  for (const [word, special] of Object.entries(tokenizer.post_processor.special_tokens))
    special.ids = [vocab[word] ?? 0];
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(
    join(folder, 'tokenizer_config.json'),
    readFileSync(new URL('tokenizer_config.json', shipped)),
  );
}

beforeAll(async () => {
  await startEngine('wasm');
  writeModel();
});
beforeEach(() => {
  said.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
});
afterAll(() => rmSync(folder, { recursive: true }));

const explain = (text: string, over = {}) =>
  explainText(folder, text, { method: undefined, label: undefined, ...over });

describe('explaining a text from the command line', () => {
  it('prints a value for each token, and how faithful the values are', async () => {
    await explain('not a good film', { label: 'positive' });
    const [title, ...lines] = said;
    const [, share] = /^gradient x input, for the logit of positive: (0\.\d{4})$/.exec(title ?? '') ?? [];
    const tokens = lines.slice(0, -1).map((line) => line.split(/\s+/)[0]);
    expect(tokens).toEqual(['[CLS]', 'not', 'a', 'good', 'film', '[SEP]']);
    const areas = /^deletion area (0\.\d{4}), insertion area (0\.\d{4})$/.exec(lines.at(-1) ?? '');
    expect(areas).not.toBeNull();
    expect(Number(share)).toBeGreaterThan(0);
  });

  it('measures faithfulness on the text without its words: of one word both areas are the same mean', async () => {
    const shareOf = async (text: string) => {
      said.length = 0;
      await explain(text, { label: 'negative' });
      return Number(/: (0\.\d{4})$/.exec(said[0] ?? '')?.[1]);
    };
    const [without, word] = [await shareOf(' '), await shareOf('bad')];
    const mean = (without + word) / 2;
    const [, deletion, insertion] =
      /deletion area (0\.\d+), insertion area (0\.\d+)/.exec(said.at(-1) ?? '') ?? [];
    expect(Math.abs(word - without)).toBeGreaterThan(0.001);
    expect(Number(deletion)).toBeCloseTo(mean, 3);
    expect(Number(insertion)).toBeCloseTo(mean, 3);
  });

  it('of a blank text has the special tokens alone, and no faithfulness', async () => {
    await explain('   ');
    expect(said.slice(1).map((line) => line.split(/\s+/)[0])).toEqual(['[CLS]', '[SEP]']);
  });

  it('shows attention without calling it an explanation', async () => {
    await explain('a bad film', { method: 'attention' });
    expect(said[0]).toContain('not an explanation');
    expect(said.join('\n')).not.toContain('deletion');
  });

  it.each([
    ['a film', { label: 'sarcastic' }, '--label is one of negative, neutral, positive'],
    ['a film', { label: '' }, '--label is one of negative, neutral, positive'],
    ['film '.repeat(23), {}, 'longer than the 22 tokens'],
  ])('says what to change: %j %j', async (text, over, sentence) => {
    const failing = explain(text, over);
    await expect(failing).rejects.toBeInstanceOf(UsageError);
    await expect(failing).rejects.toThrow(sentence);
  });

  it('refuses the tokenizer of another model', async () => {
    writeTokenizer([...WORDS, ...Array.from({ length: 100 }, (_, index) => `word${index}`)]);
    await expect(explain('a film')).rejects.toThrow(ModelFolderError);
    writeTokenizer(WORDS);
  });
});
