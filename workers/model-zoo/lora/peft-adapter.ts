import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelConfigError } from '../config-fields.ts';
import type { Weights } from '../ops.ts';
import type { OnnxConstant } from '../ops-onnx.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../safetensors.ts';
import { checkpointWeights } from '../weights.ts';
import { type LoraConfig, loraConfigJson, parseLoraConfig } from './lora-config.ts';

export interface LoraAdapter {
  readonly config: LoraConfig;
  /** A and B by layer: `model.layers.0.self_attn.q_proj.lora_A.weight`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** What PEFT puts before the names of the model that it wraps. */
const PREFIX = 'base_model.model.';
const CONFIG = 'adapter_config.json';
const TENSORS = 'adapter_model.safetensors';

/** An adapter in the layout of PEFT: what `PeftModel.from_pretrained` opens. */
export function writePeftAdapter(folder: string, { config, tensors }: LoraAdapter, base: string): void {
  const named = [...tensors].map(([name, tensor]) => [`${PREFIX}${name}`, tensor] as const);
  writeFileSync(join(folder, TENSORS), writeSafetensors(named, { format: 'pt' }));
  writeFileSync(join(folder, CONFIG), `${JSON.stringify(loraConfigJson(config, base), null, 2)}\n`);
}

export function readPeftAdapter(folder: string): LoraAdapter {
  const config = readConfig(join(folder, CONFIG));
  const { tensors } = readSafetensors(readFileSync(join(folder, TENSORS)));
  const named = [...tensors].map(([name, tensor]) => {
    if (name.startsWith(PREFIX)) return [name.slice(PREFIX.length), tensor] as const;
    throw new ModelConfigError(`${TENSORS}: ${name} does not begin with ${PREFIX}`);
  });
  return { config, tensors: new Map(named) };
}

function readConfig(file: string): LoraConfig {
  try {
    return parseLoraConfig(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const { message } = cause as Error;
    throw new ModelConfigError(`${file}: ${message.replace('config.json: ', '')}`, { cause });
  }
}

/** The base's weights and the adapter's, for `loraDecoder`. */
export function adapterWeights(base: Weights<OnnxConstant>, { tensors }: LoraAdapter): Weights<OnnxConstant> {
  const adapter = checkpointWeights({ tensors, metadata: {} });
  return (name, shape) => (tensors.has(name) ? adapter : base)(name, shape);
}
