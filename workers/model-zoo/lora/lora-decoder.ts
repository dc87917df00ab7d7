import type { Decoder } from '../decoder.ts';
import type { DecoderInputs } from '../decoder-step.ts';
import type { Ops, Weights } from '../ops.ts';
import type { LoraConfig } from './lora-config.ts';
import { loraNames, targetedLayer } from './lora-names.ts';

interface Factors<T> {
  readonly down: T; // A [rank, in]
  readonly up: T; // B [out, rank]
}

/** A Llama decoder whose targeted layers are adapted. It asks for A and B beside the weights that it has without. */
export function loraDecoder(decoder: Decoder, config: LoraConfig): Decoder {
  return {
    ...decoder,
    write<T>(ops: Ops<T>, weights: Weights<T>, inputs: DecoderInputs<T>) {
      const factors = new Map<T, Factors<T>>();
      return decoder.write(adaptedOps(ops, factors, config), noting(weights, factors, config), inputs);
    },
  };
}

/** Whoever is given a targeted weight is expected to multiply by it. */
function noting<T>(weights: Weights<T>, factors: Map<T, Factors<T>>, config: LoraConfig): Weights<T> {
  return (name, shape) => {
    const weight = weights(name, shape);
    const layer = targetedLayer(name, config);
    if (layer === null) return weight;
    const [to = 0, from = 0] = shape;
    const { down, up } = loraNames(layer);
    factors.set(weight, { down: weights(down, [config.rank, from]), up: weights(up, [to, config.rank]) });
    return weight;
  };
}

function adaptedOps<T>(
  ops: Ops<T>,
  factors: ReadonlyMap<T, Factors<T>>,
  { rank, alpha, dropout }: LoraConfig,
): Ops<T> {
  return {
    ...ops,
    linear(x, weight, bias) {
      const whole = ops.linear(x, weight, bias);
      const found = factors.get(weight);
      if (!found) return whole;
      const change = ops.linear(ops.linear(ops.dropout(x, dropout), found.down), found.up);
      const scale = ops.constant('lora scale', [], Float32Array.of(alpha / rank));
      return ops.add(whole, ops.multiply(change, scale));
    },
  };
}
