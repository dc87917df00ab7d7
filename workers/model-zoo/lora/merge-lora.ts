import type { Weights } from '../ops.ts';
import type { OnnxConstant } from '../ops-onnx.ts';
import type { LoraConfig } from './lora-config.ts';
import { loraNames, targetedLayer } from './lora-names.ts';

/** The base's weights with the adapter's change added: W + alpha / rank · B · A. */
export function mergeLora(
  base: Weights<OnnxConstant>,
  adapter: Weights<OnnxConstant>,
  config: LoraConfig,
): Weights<OnnxConstant> {
  return (name, shape) => {
    const weight = base(name, shape);
    const layer = targetedLayer(name, config);
    if (layer === null) return weight;
    const [to = 0, from = 0] = shape;
    const { rank, alpha } = config;
    const names = loraNames(layer);
    const down = adapter(names.down, [rank, from]).data;
    const up = adapter(names.up, [to, rank]).data;
    const data = Float32Array.from(weight.data, (value, index) => {
      const row = Math.floor(index / from);
      const column = index % from;
      let change = 0;
      for (let part = 0; part < rank; part++) {
        change += (up[row * rank + part] ?? 0) * (down[part * from + column] ?? 0);
      }
      return value + (alpha / rank) * change;
    });
    return { ...weight, data };
  };
}
