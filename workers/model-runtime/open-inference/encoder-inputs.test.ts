import { describe, expect, it } from 'vitest';
import { encoderInputs, encoderSignature } from './encoder-inputs.ts';
import type { ModelMetadata } from './protocol.ts';

const tensor = (name: string, datatype = 'INT64', shape: number[] = [-1, -1]) => ({ name, datatype, shape });
const bert: ModelMetadata = {
  inputs: [tensor('input_ids'), tensor('token_type_ids', 'INT32'), tensor('attention_mask')],
  outputs: [tensor('logits', 'FP32', [-1, 3])],
};

describe('what an encoder takes', () => {
  it('is filled by its own names and types, padded on the right', () => {
    expect(encoderInputs(encoderSignature(bert, 3), [[101, 7, 102], [5]])).toEqual([
      { name: 'input_ids', datatype: 'INT64', shape: [2, 3], data: [101, 7, 102, 5, 0, 0] },
      { name: 'token_type_ids', datatype: 'INT32', shape: [2, 3], data: [0, 0, 0, 0, 0, 0] },
      { name: 'attention_mask', datatype: 'INT64', shape: [2, 3], data: [1, 1, 1, 1, 0, 0] },
    ]);
  });

  it('need not be described', () => {
    const { inputs, output } = encoderSignature({ inputs: [], outputs: [] }, 3);
    expect(inputs.map(({ name }) => name)).toEqual(['input_ids', 'attention_mask']);
    expect(output).toBe('logits');
  });

  it('may call its only answer as it likes', () => {
    expect(encoderSignature({ ...bert, outputs: [tensor('output_0', 'FP32')] }, 3).output).toBe('output_0');
  });

  it.each<[string, ModelMetadata, string]>([
    ['texts', { ...bert, inputs: [tensor('text', 'BYTES')] }, 'takes text, and no input_ids'],
    [
      'something beside',
      { ...bert, inputs: [...(bert.inputs ?? []), tensor('pixels', 'FP32')] },
      'takes pixels as FP32',
    ],
    ['several answers', { ...bert, outputs: [tensor('a'), tensor('b')] }, 'gives a, b, and no logits'],
    ['other labels', { ...bert, outputs: [tensor('logits', 'FP32', [-1, 2])] }, '2 logits a text'],
  ])('is refused: %s', (_, metadata, sentence) => {
    expect(() => encoderSignature(metadata, 3)).toThrow(sentence);
  });
});
