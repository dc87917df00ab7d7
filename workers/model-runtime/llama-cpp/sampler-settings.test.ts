import { describe, expect, it } from 'vitest';
import { llamaSamplerSettings } from './sampler-settings.ts';

const plain = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: 7,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
  outputTokensMax: 50,
  grammar: null,
};

describe("llama.cpp's settings of a sampler", () => {
  it('leave out what changes nothing', () => {
    expect(llamaSamplerSettings(plain, null)).toEqual({ temperature: 1, seed: 7 });
    expect(llamaSamplerSettings({ ...plain, temperature: 0, topP: 0.5, topK: 3 }, null)).toEqual({});
  });

  it('never say the seed that llama.cpp takes for none', () => {
    expect(llamaSamplerSettings({ ...plain, seed: 2 ** 32 - 1 }, null).seed).toBe(2 ** 31 - 1);
    expect(llamaSamplerSettings({ ...plain, seed: 2 ** 32 - 2 }, null).seed).toBe(2 ** 32 - 2);
  });

  it('keep penalties and bias where nothing is drawn at random', () => {
    const settings = { ...plain, temperature: 0, presencePenalty: 0.5, logitBias: [[3, -100]] as const };
    expect(llamaSamplerSettings(settings, null)).toEqual({
      repeatPenalty: 1,
      repeatPenaltyPresencePenalty: 0.5,
      repeatPenaltyFrequencyPenalty: 0,
      repeatPenaltyMaxTokens: 50,
      repeatPenaltyTokens: new Uint32Array(0),
      tokenBiasKeys: Uint32Array.of(3),
      tokenBiasValues: Float32Array.of(-100),
    });
  });
});
