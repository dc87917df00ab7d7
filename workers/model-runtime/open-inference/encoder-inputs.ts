import { UnusableEngineError } from '../remote-engine/remote-engine-error.ts';
import type { EngineTensor, ModelMetadata } from './protocol.ts';

/** How an encoder behind the protocol takes texts, and what it calls its answer. */
export interface EncoderSignature {
  readonly inputs: readonly { readonly name: EncoderInput; readonly datatype: EngineTensor['datatype'] }[];
  readonly output: string;
}

/** As exports of Hugging Face's encoders call them. All texts are of the first segment. */
const values = {
  input_ids: (id: number | undefined) => id ?? 0,
  attention_mask: (id: number | undefined) => (id === undefined ? 0 : 1),
  token_type_ids: () => 0,
} as const;
type EncoderInput = keyof typeof values;

const LOGITS = 'logits';
const needed = ['input_ids', 'attention_mask'] as const;

/** Throws UnusableEngineError at a model that takes or gives something else. Servers need not describe anything. */
export function encoderSignature({ inputs, outputs }: ModelMetadata, labels: number): EncoderSignature {
  const output =
    outputs?.find(({ name }) => name === LOGITS) ?? (outputs?.length === 1 ? outputs[0] : undefined);
  if (outputs?.length && !output) {
    throw new UnusableEngineError(`The model gives ${namesOf(outputs)}, and no logits.`);
  }
  const width = output?.shape?.at(-1) ?? -1;
  if (width > 0 && width !== labels) {
    throw new UnusableEngineError(`The model gives ${width} logits a text, and there are ${labels} labels.`);
  }
  if (!inputs?.length) {
    return { inputs: needed.map((name) => ({ name, datatype: 'INT64' })), output: output?.name ?? LOGITS };
  }
  const missing = needed.find((name) => !inputs.some((input) => input.name === name));
  if (missing) throw new UnusableEngineError(`The model takes ${namesOf(inputs)}, and no ${missing}.`);
  return {
    inputs: inputs.map(({ name, datatype }) => {
      if (!isEncoderInput(name) || !isInteger(datatype)) {
        throw new UnusableEngineError(
          `The model takes ${name} as ${datatype}, which no encoder of texts does.`,
        );
      }
      return { name, datatype };
    }),
    output: output?.name ?? LOGITS,
  };
}

/** [texts, longest], padded on the right. */
export function encoderInputs(
  { inputs }: EncoderSignature,
  texts: readonly (readonly number[])[],
): readonly EngineTensor[] {
  const length = Math.max(...texts.map((ids) => ids.length));
  return inputs.map(({ name, datatype }) => ({
    name,
    datatype,
    shape: [texts.length, length],
    data: texts.flatMap((ids) => Array.from({ length }, (_, column) => values[name](ids[column]))),
  }));
}

function isEncoderInput(name: string): name is EncoderInput {
  return name in values;
}

function isInteger(datatype: string): datatype is EngineTensor['datatype'] {
  return datatype === 'INT64' || datatype === 'INT32';
}

function namesOf(tensors: readonly { readonly name: string }[]): string {
  return tensors.map(({ name }) => name).join(', ');
}
