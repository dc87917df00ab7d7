import { cpSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { graphFile, ModelFolderError } from './model-folder.ts';
import { openImageClassifier } from './open-image-classifier.ts';
import { openTextEmbedder } from './open-text-embedder.ts';
import { damageWeights } from './testing/damage-weights.ts';

const copies: string[] = [];
afterEach(() => copies.splice(0).forEach((copy) => rmSync(copy, { recursive: true })));

function copyOf(model: string): { folder: string; graph: string } {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  copies.push(folder);
  cpSync(new URL(`../../models/${model}`, import.meta.url).pathname, folder, { recursive: true });
  return { folder, graph: join(folder, graphFile(folder)) };
}

describe.each([
  [
    'text-embedding',
    'encoder.layer.5.output.LayerNorm.bias',
    async (folder: string) => (await openTextEmbedder(folder)).embed([{ text: 'good', truncate: false }]),
  ],
  [
    'image-classification',
    'classifier.bias',
    async (folder: string) => (await openImageClassifier(folder)).warmUp(),
  ],
])('%s', (model, weights, answer) => {
  it('whose weights are no numbers gives no answer', async () => {
    const { folder, graph } = copyOf(model);
    await expect(answer(folder)).resolves.not.toThrow();
    damageWeights(graph, weights);
    await expect(answer(folder)).rejects.toThrow(/that are no numbers: its weights are damaged/);
  });

  it('whose graph is cut short says which file it is', async () => {
    const { folder, graph } = copyOf(model);
    truncateSync(graph, 1_000_000);
    const opening = answer(folder);
    await expect(opening).rejects.toBeInstanceOf(ModelFolderError);
    await expect(opening).rejects.toThrow(`${graphFile(folder)} is no ONNX file that can be run`);
  });
});
