import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { digestImageModel } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { digestModel } from '#workers/model-runtime/onnx/model-folder.ts';
import type { SentimentMetrics } from './sentiment-metrics.ts';
import { writeCifar10Card } from './write-cifar10-card.ts';
import { writeEmbeddingCard } from './write-embedding-card.ts';
import { writeImageCard } from './write-image-card.ts';
import { writeLanguageModelCard } from './write-language-model-card.ts';
import { writeLoraCard } from './write-lora-card.ts';
import { writeSentimentCard } from './write-sentiment-card.ts';
import { writeTextCard } from './write-text-card.ts';

const MODELS = new URL('../../../workers/models/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'cards-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (file: string) => readFileSync(new URL(file, MODELS), 'utf8');

describe('a card', () => {
  it.each([
    ['sentiment', writeSentimentCard],
    ['cifar10', writeCifar10Card],
    ['image-classification', writeImageCard],
    ['text-embedding', writeEmbeddingCard],
    ['text-generation', writeTextCard],
    ['text-generation/adapters/punctuation-1', writeLoraCard],
  ])('says what the metrics beside it say, and nothing else: %s', (model, write) => {
    write(folder, JSON.parse(read(`${model}/metrics.json`)));
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(read(`${model}/README.md`));
  });

  it.each([
    ['sentiment', digestModel],
    ['cifar10', digestImageModel],
    ['image-classification', digestImageModel],
  ])('is of the files beside it: %s', async (model, digest) => {
    const { digest: measured } = JSON.parse(read(`${model}/metrics.json`)) as { digest: string };
    expect(await digest(new URL(model, MODELS).pathname)).toBe(measured);
  });

  it('of the language models does so too', () => {
    const docs = new URL('../../../docs/', import.meta.url);
    const figures = JSON.parse(readFileSync(new URL('language-models.json', docs), 'utf8'));
    expect(writeLanguageModelCard(figures)).toBe(readFileSync(new URL('language-models.md', docs), 'utf8'));
  });

  it('leaves out what was not measured, instead of calling it 0 %', () => {
    const metrics = JSON.parse(read('sentiment/metrics.json')) as SentimentMetrics;
    writeSentimentCard(folder, { ...metrics, identityTerms: { n: 0, negative: 0, worst: [] } });
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).not.toMatch(/Of 0 sentences|only say who/);
  });
});
