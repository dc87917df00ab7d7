import {
  type ConfigFields,
  configFields,
  count,
  expectOff,
  expectValue,
  fraction,
  ModelConfigError,
  positive,
} from '../config-fields.ts';

/** The linear layers of a Llama decoder, as PEFT's `target_modules` names them. */
export const LORA_TARGETS = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;
export type LoraTarget = (typeof LORA_TARGETS)[number];

/** Low-rank adaptation (Hu and others, 2021): a layer's weight W becomes W + alpha / rank · B · A, and only A and B are trained. */
export interface LoraConfig {
  readonly rank: number;
  readonly alpha: number;
  /** On what goes into A, in training. */
  readonly dropout: number;
  readonly targets: readonly LoraTarget[];
}

const RANK_MAX = 1024;
const ALPHA_MAX = 1e6;

/** Fields of PEFT's `adapter_config.json` that change the forward pass in a way that is not written here. */
const OFF = [
  'fan_in_fan_out',
  'modules_to_save',
  'layers_to_transform',
  'rank_pattern',
  'alpha_pattern',
  'exclude_modules',
  'target_parameters',
  'trainable_token_indices',
  'lora_bias',
  'layer_replication',
  'alora_invocation_tokens',
] as const;

export function parseLoraConfig(json: unknown): LoraConfig {
  const config = configFields(json);
  expectValue(config, 'peft_type', 'LORA');
  expectValue(config, 'bias', 'none', 'none');
  // Variants of the method are switched on one by one: `use_dora`, `use_rslora` and others.
  const variants = Object.keys(config).filter((key) => key.startsWith('use_'));
  expectOff(withoutEmpty(config), ...OFF, ...variants);
  return {
    rank: count(config, 'r', RANK_MAX),
    alpha: positive(config, 'lora_alpha', ALPHA_MAX),
    dropout: fraction(config, 'lora_dropout', 0),
    targets: targetsOf(config),
  };
}

/** PEFT writes what is not used as an empty object or list. */
function withoutEmpty(config: ConfigFields): ConfigFields {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEmpty(value)));
}

function targetsOf({ target_modules: named }: ConfigFields): readonly LoraTarget[] {
  if (!Array.isArray(named) || named.length === 0) throw new ModelConfigError('target_modules is no list.');
  return named.map((name) => {
    const target = LORA_TARGETS.find((one) => one === name);
    if (target) return target;
    throw new ModelConfigError(
      `target_modules has ${JSON.stringify(name)}; known are ${LORA_TARGETS.join(', ')}.`,
    );
  });
}

/** As PEFT reads it. `base` is the name of the model that it belongs to. */
export function loraConfigJson({ rank, alpha, dropout, targets }: LoraConfig, base: string): object {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    target_modules: targets,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
  };
}
