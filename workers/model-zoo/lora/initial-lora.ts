import type { LlamaConfig } from '../llama-config.ts';
import type { StoredTensor } from '../safetensors.ts';
import { hashText, randomNumbers } from '../seeded-random.ts';
import type { LoraConfig, LoraTarget } from './lora-config.ts';
import { loraNames } from './lora-names.ts';

/**
 * A as PyTorch begins a Linear layer (Kaiming's uniform one with a slope of √5: ±1/√in), B zero, so that nothing is changed
 * before the first step. As PEFT begins.
 */
export function initialLora(config: LlamaConfig, lora: LoraConfig, seed: number): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const target of lora.targets) {
      const { part, from, to } = layerOf(config, target);
      const { down, up } = loraNames(`model.layers.${layer}.${part}.${target}`);
      const random = randomNumbers(seed ^ hashText(down));
      const bound = 1 / Math.sqrt(from);
      const start = Float32Array.from({ length: lora.rank * from }, () => (2 * random() - 1) * bound);
      weights.set(down, { shape: [lora.rank, from], data: start });
      weights.set(up, { shape: [to, lora.rank], data: new Float32Array(to * lora.rank) });
    }
  }
  return weights;
}

function layerOf(config: LlamaConfig, target: LoraTarget) {
  const { hiddenSize: hidden, intermediateSize: wide } = config;
  const query = config.heads * config.headSize;
  const key = config.keyValueHeads * config.headSize;
  const layers = {
    q_proj: { part: 'self_attn', from: hidden, to: query },
    k_proj: { part: 'self_attn', from: hidden, to: key },
    v_proj: { part: 'self_attn', from: hidden, to: key },
    o_proj: { part: 'self_attn', from: query, to: hidden },
    gate_proj: { part: 'mlp', from: hidden, to: wide },
    up_proj: { part: 'mlp', from: hidden, to: wide },
    down_proj: { part: 'mlp', from: wide, to: hidden },
  } as const satisfies Record<LoraTarget, object>;
  return layers[target];
}
