import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal, ModelRuntimeError, type TextClassification } from '../model-runtime.ts';
import { loadTextClassifier, type OnnxTextClassifier } from './load-text-classifier.ts';
import { damageWeights } from './testing/damage-weights.ts';

const folder = new URL('../../models/sentiment', import.meta.url).pathname;
const threadEntry = new URL('./compute-thread.ts', import.meta.url);
const load = (over = {}) =>
  loadTextClassifier({ folder, id: 'sentiment-1', threads: 1, threadEntry, ...over });
const input = (text: string, truncate = false) => ({ text, truncate });

let model: OnnxTextClassifier;

beforeAll(async () => {
  model = await load();
  await model.ready();
}, 30_000);

afterAll(() => model.close());

async function answers(texts: readonly string[]): Promise<TextClassification[]> {
  const outputs = await model.run(texts.map((text) => input(text)));
  return outputs.map((output) => {
    if (isRefusal(output)) throw new Error('refused');
    return output;
  });
}

describe('the sentiment model on its compute thread', () => {
  it('answers in order, whatever the lengths', async () => {
    const texts = [
      'I love this, it is wonderful and works perfectly.',
      'Terrible.',
      'The meeting is on Tuesday at ten.',
      'An awful, boring film that wastes two hours of your life, badly acted and worse written.',
    ];
    const outputs = await answers(texts);
    expect(outputs.map(({ label }) => label)).toEqual(['positive', 'negative', 'neutral', 'negative']);
    for (const { scores, score, interval, label } of outputs) {
      expect(Object.keys(scores)).toEqual(['negative', 'neutral', 'positive']);
      expect(Object.values(scores).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(score).toBe(scores[label]);
      expect(interval[0]).toBeGreaterThan(0);
      expect(interval[0]).toBeLessThan(interval[1]);
    }
  });

  it('gives a text the same scores alone and in company', async () => {
    const text = 'The screen is bright but the battery is weak.';
    const [alone] = await answers([text]);
    const together = await answers(['short', text, 'A longer text stands beside it. '.repeat(12)]);
    for (const [label, share] of Object.entries(alone?.scores ?? {})) {
      expect(together[1]?.scores[label]).toBeCloseTo(share, 5);
    }
  });

  it('counts the tokens of the text alone', async () => {
    const [two, none] = await answers(['good film', '']);
    expect(two?.inputTokens).toBe(2);
    expect(none?.inputTokens).toBe(0);
  });

  it('refuses a text beyond the context, cuts it when asked, and answers its neighbour', async () => {
    const long = 'good '.repeat(511);
    const [refused, cut, fits, neighbour] = await model.run([
      input(long),
      input(long, true),
      input('good '.repeat(510)),
      input('bad'),
    ]);
    expect(refused).toEqual({ refused: 'input_too_long', tokens: 511, contextTokens: 510 });
    expect(cut).toMatchObject({ truncated: true, inputTokens: 510 });
    expect(fits).toMatchObject({ truncated: false, inputTokens: 510 });
    expect(neighbour).toMatchObject({ label: 'negative' });
  });

  it('answers 100 malformed texts', async () => {
    const pieces = [
      '',
      ' ',
      '\0',
      '\ud800',
      '\udc00',
      '\u202eabc',
      'שלום',
      '😀',
      '👩‍👩‍👧',
      '\ufeff',
      '\u0301',
      '[SEP]',
      'x',
    ];
    const texts = Array.from({ length: 98 }, (_, index) =>
      Array.from({ length: index % 9 }, (_, part) => pieces[(index * 7 + part * 5) % pieces.length]).join(''),
    );
    texts.push('a'.repeat(20_000), '\u0600'.repeat(20_000));
    const outputs = await model.run(texts.map((text) => input(text, true)));
    expect(outputs).toHaveLength(100);
    for (const output of outputs) {
      if (isRefusal(output)) throw new Error('refused');
      expect(Number.isFinite(output.score)).toBe(true);
    }
  });

  it('bounds the cost of a text from above', async () => {
    const text = 'Unbelievably good value; shipping took 3 days.';
    const [output] = await answers([text]);
    expect(model.costBound?.(input(text))).toBeGreaterThanOrEqual(output?.inputTokens ?? Number.NaN);
  });

  it('rejects the batch that computes when its process dies, and answers the next', async () => {
    const long = Array.from({ length: 64 }, () => input('a rather long text '.repeat(100), true));
    const doomed = model.run(long);
    const [pid] = model.threadPids();
    setTimeout(() => process.kill(pid ?? 0, 'SIGKILL'), 20);
    await expect(doomed).rejects.toBeInstanceOf(ModelRuntimeError);
    const [next] = await answers(['good']);
    expect(next?.label).toBe('positive');
    expect(model.threadPids()).not.toContain(pid);
  }, 20_000);

  it('answers once its first process is ready, and then starts the others', async () => {
    const many = await load({ threads: 3 });
    try {
      expect(many.threadPids()).toHaveLength(1);
      await many.ready();
      expect(many.threadPids()).toHaveLength(3);
      expect(await many.run([input('good')])).toHaveLength(1);
    } finally {
      await many.close();
    }
  }, 20_000);

  it('drops a batch that waits when it is aborted', async () => {
    const busy = model.run(Array.from({ length: 32 }, () => input('a text of some length '.repeat(20))));
    const waiting = model.run([input('good')], AbortSignal.timeout(1));
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(busy).resolves.toHaveLength(32);
  });

  it('kills a process that hangs', async () => {
    const hasty = await load({ batchTimeoutMs: 1 });
    await hasty.ready();
    const slow = Array.from({ length: 32 }, () => input('a text of some length '.repeat(50)));
    await expect(hasty.run(slow)).rejects.toBeInstanceOf(ModelRuntimeError);
    await hasty.close();
  }, 20_000);

  it('finishes what computes before it closes, and takes nothing after', async () => {
    const closing = await load();
    await closing.ready();
    const last = closing.run([input('good')]);
    await closing.close();
    await expect(last).resolves.toHaveLength(1);
    await expect(closing.run([input('good')])).rejects.toBeInstanceOf(ModelRuntimeError);
    expect(closing.threadPids()).toEqual([]);
  }, 20_000);
});

describe('a folder that is no model', () => {
  const copies: string[] = [];

  interface Json {
    id2label: Record<number, string>;
    model: { vocab: Record<string, number> };
  }

  function change(copy: string, file: string, edit: (json: Json) => void): void {
    const json = JSON.parse(readFileSync(join(copy, file), 'utf8')) as Json;
    edit(json);
    writeFileSync(join(copy, file), JSON.stringify(json));
  }

  function broken(change: (copy: string) => void): string {
    const copy = mkdtempSync(join(tmpdir(), 'model-'));
    copies.push(copy);
    cpSync(folder, copy, { recursive: true });
    change(copy);
    return copy;
  }

  afterAll(() => copies.forEach((copy) => rmSync(copy, { recursive: true })));

  it.each([
    ['no config.json', (copy: string) => rmSync(join(copy, 'config.json')), 'has no readable config.json'],
    [
      'calibration of another kind',
      (copy: string) => writeFileSync(join(copy, 'calibration.json'), '{"temperature":0}'),
      'temperature is no positive number',
    ],
    [
      'a label that stands twice',
      (copy: string) => change(copy, 'config.json', (json) => (json.id2label[1] = 'negative')),
      'has a label twice',
    ],
  ])('is refused at once: %s', async (_, change, sentence) => {
    await expect(load({ folder: broken(change) })).rejects.toThrow(sentence);
  });

  it.each([
    [
      'a graph cut short',
      (copy: string) => truncateSync(join(copy, 'onnx/model_int8.onnx'), 1_000_000),
      'model_int8.onnx is no ONNX file that can be run',
    ],
    [
      'weights that are no numbers',
      (copy: string) => damageWeights(join(copy, 'onnx/model_int8.onnx'), 'classifier.bias'),
      'gives logits that are no numbers',
    ],
    [
      'a tokenizer with more words than the model',
      (copy: string) => change(copy, 'tokenizer.json', (json) => (json.model.vocab.modelyard = 30_522)),
      'tokenizer.json is of another model: it gives ids up to 30522',
    ],
    [
      'labels that the graph does not have',
      (copy: string) => change(copy, 'config.json', (json) => (json.id2label = { 0: 'bad', 1: 'good' })),
      'gives 3 logits a text, not 2',
    ],
    [
      'another tokenizer',
      (copy: string) => writeFileSync(join(copy, 'tokenizer.json'), '{}'),
      'tokenizer.json',
    ],
  ])(
    'is never ready and says why: %s',
    async (_, change, sentence) => {
      const unusable = await load({ folder: broken(change) });
      await expect(unusable.ready()).rejects.toThrow(sentence);
      await expect(unusable.run([input('good')])).rejects.toBeInstanceOf(ModelRuntimeError);
      await unusable.close();
    },
    20_000,
  );
});
