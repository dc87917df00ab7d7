import { ModelConfigError } from '../config-fields.ts';
import type { LlamaConfig } from '../llama-config.ts';
import { loraNames } from '../lora/lora-names.ts';
import type { LoraAdapter } from '../lora/peft-adapter.ts';
import type { StoredTensor } from '../safetensors.ts';
import { ggufLayerName } from './llama-names.ts';
import type { GgufMetadata, GgufValue } from './metadata.ts';
import { quantize } from './quantize.ts';
import { halvesTogether } from './rotary-rows.ts';
import { type TensorToWrite, writeGguf } from './write-gguf.ts';

export interface LoraToGguf {
  readonly name: string;
  /** Of the model that it belongs to. */
  readonly base: LlamaConfig;
  readonly type: 'F32' | 'F16';
}

/** An adapter as llama.cpp reads it (`convert_lora_to_gguf.py` and `llama-adapter.cpp` in ggml-org/llama.cpp). */
export function loraToGguf(adapter: LoraAdapter, { name, base, type }: LoraToGguf): Uint8Array {
  const metadata: GgufMetadata = new Map<string, GgufValue>([
    ['general.type', { type: 'string', value: 'adapter' }],
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: name }],
    ['adapter.type', { type: 'string', value: 'lora' }],
    ['adapter.lora.alpha', { type: 'float32', value: adapter.config.alpha }],
  ]);
  const tensors = layersOf(adapter).flatMap((layer): TensorToWrite[] => {
    const { down, up } = loraNames(layer);
    const weight = ggufLayerName(`${layer}.weight`);
    return [
      toWrite(`${weight}.lora_a`, type, floats(adapter, down)),
      toWrite(`${weight}.lora_b`, type, inFileOrder(layer, floats(adapter, up), base)),
    ];
  });
  return Buffer.concat([...writeGguf(metadata, tensors)]);
}

function layersOf({ tensors }: LoraAdapter): string[] {
  const ending = loraNames('').down;
  return [...tensors.keys()]
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
}

interface Floats extends StoredTensor {
  readonly data: Float32Array;
}

function floats({ tensors }: LoraAdapter, name: string): Floats {
  const tensor = tensors.get(name);
  if (tensor?.data instanceof Float32Array) return { shape: tensor.shape, data: tensor.data };
  throw new ModelConfigError(`The adapter has no floats called ${name}.`);
}

/** Rows of B are rows of the weight that it changes. */
function inFileOrder(layer: string, { shape, data }: Floats, { heads, keyValueHeads }: LlamaConfig): Floats {
  if (layer.endsWith('.q_proj')) return { shape, data: halvesTogether(data, shape, heads) };
  if (layer.endsWith('.k_proj')) return { shape, data: halvesTogether(data, shape, keyValueHeads) };
  return { shape, data };
}

function toWrite(name: string, type: LoraToGguf['type'], { shape, data }: Floats): TensorToWrite {
  return { name, shape, type, bytes: () => quantize(name, type, data) };
}
