import type { Weights } from './ops.ts';
import type { OnnxConstant } from './ops-onnx.ts';
import { type Safetensors, SafetensorsError } from './safetensors.ts';

/** The weights of a checkpoint by name; `prefix` is what a task's model puts before its base's names (`bert.`). */
export function checkpointWeights(checkpoint: Safetensors, prefix = ''): Weights<OnnxConstant> {
  return (name, shape) => {
    const label = `${prefix}${name}`;
    const tensor = checkpoint.tensors.get(label);
    if (!tensor) throw new SafetensorsError(`The checkpoint has no ${label}.`);
    if (tensor.shape.join() !== shape.join()) {
      throw new SafetensorsError(`${label} has the shape [${tensor.shape}]; the model needs [${shape}].`);
    }
    if (!(tensor.data instanceof Float32Array)) throw new SafetensorsError(`${label} holds no floats.`);
    return { label, shape, data: tensor.data };
  };
}
