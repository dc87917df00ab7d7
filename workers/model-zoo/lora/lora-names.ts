import type { LoraConfig } from './lora-config.ts';

/** What both factors of a layer's change are called; `layer` is `model.layers.0.self_attn.q_proj`. */
export function loraNames(layer: string): { readonly down: string; readonly up: string } {
  return { down: `${layer}.lora_A.weight`, up: `${layer}.lora_B.weight` };
}

/** The layer that a weight belongs to, where it is one of the targets. */
export function targetedLayer(weight: string, { targets }: LoraConfig): string | null {
  const { layer, last } = /^(?<layer>.*\.(?<last>[^.]+))\.weight$/.exec(weight)?.groups ?? {};
  return layer !== undefined && targets.some((target) => target === last) ? layer : null;
}
