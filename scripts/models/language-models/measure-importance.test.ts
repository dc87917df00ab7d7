import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { llama } from '#workers/model-zoo/decoder.ts';
import { parseLlamaConfig } from '#workers/model-zoo/llama-config.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { measureImportance } from './measure-importance.ts';

const folder = new URL('../../../workers/model-zoo/fixtures/tiny-llama/', import.meta.url);
const config = parseLlamaConfig(JSON.parse(readFileSync(new URL('config.json', folder), 'utf8')));
const weights = checkpointWeights(readSafetensors(readFileSync(new URL('model.safetensors', folder))));

/** By channel the mean square of what the first layer's attention is given: the token's row, normalised. */
function expectedInput(ids: readonly number[]): number[] {
  const width = config.hiddenSize;
  const table = weights('model.embed_tokens.weight', [config.vocabularySize, width]).data;
  const gamma = weights('model.layers.0.input_layernorm.weight', [width]).data;
  const rows = ids.map((id) => {
    const row = table.slice(id * width, (id + 1) * width);
    const square = row.reduce((sum, value) => sum + value * value, 0) / width;
    return Array.from(
      row,
      (value, channel) => (value / Math.sqrt(square + config.normEpsilon)) * (gamma[channel] ?? 0),
    );
  });
  return Array.from(
    { length: width },
    (_, channel) => rows.reduce((sum, row) => sum + (row[channel] ?? 0) ** 2, 0) / rows.length,
  );
}

describe('how much the channels matter', () => {
  it("is the mean square of a layer's inputs, over the tokens of all texts", async () => {
    const texts = [
      [5, 9, 14],
      [80, 2, 2, 31, 7],
    ];
    const measured = await measureImportance(llama(config), weights, texts);
    expect(measured.size).toBe(7 * config.layers);
    const first = measured.get('model.layers.0.self_attn.q_proj.weight') ?? new Float32Array();
    expectedInput(texts.flat()).forEach((value, channel) => {
      expect(first[channel]).toBeCloseTo(value, 4);
    });
    expect(measured.get('model.layers.2.mlp.down_proj.weight')).toHaveLength(config.intermediateSize);
  });
});
