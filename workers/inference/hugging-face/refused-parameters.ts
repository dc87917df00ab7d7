import { type RefusedFields, refuseFields } from '../generation/refused-fields.ts';

/** What text-generation-inference can do and we can't, and the values of it that ask for nothing. */
const isOff = (value: unknown) => value === false;
const textParameters: RefusedFields = {
  typical_p: (value) => value === 1,
  watermark: isOff,
  best_of: (value) => value === 1,
  num_return_sequences: (value) => value === 1,
  top_n_tokens: (value) => value === 0,
  decoder_input_details: isOff,
  adapter_id: () => false,
  grammar: () => false,
  // A number of tokens there; that it may be cut at all can be said here too.
  truncate: (value) => typeof value === 'boolean',
};

export const refuseTextParameters = refuseFields(textParameters);

/** The same, where they stand beside the fields of OpenAI's API, which has a best_of and we a truncate of its own. */
const { best_of: _bestOf, truncate: _truncate, ...besideOpenAi } = textParameters;
export const refuseTextParametersBesideOpenAi = refuseFields(besideOpenAi);

/** Of a classification: a calibrated probability is what a softmax makes; there is no other function to apply. */
export const refuseClassificationParameters = refuseFields({
  function_to_apply: (value) => value === 'softmax',
});

/** What stands beside `inputs`: among the parameters nobody would read it. */
export const refuseMisplaced = refuseFields(
  { truncate: (value) => value === false, dimensions: () => false },
  (field) => `${field} stands beside inputs, not among parameters.`,
);
