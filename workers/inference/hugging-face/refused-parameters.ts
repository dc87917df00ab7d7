import { notSupported, type RefusedFields, refuseFields } from '../generation/refused-fields.ts';

const never = () => false;
const isOff = (value: unknown) => value === false;

/** What text-generation-inference can do and we can't, and the values of it that ask for nothing. */
const textParameters: RefusedFields = {
  typical_p: (value) => value === 1,
  watermark: isOff,
  best_of: (value) => value === 1,
  num_return_sequences: (value) => value === 1,
  top_n_tokens: (value) => value === 0,
  decoder_input_details: isOff,
  adapter_id: never,
  // A number of tokens there; that it may be cut at all can be said here too.
  truncate: (value) => typeof value === 'boolean',
};

/**
 * What says that another task is meant, which Hugging Face's clients send to whatever model they were pointed at: an answer
 * of this model's task would be of the wrong thing, and billed.
 */
const ofOtherTasks: RefusedFields = {
  candidate_labels: never,
  hypothesis_template: never,
  multi_label: never,
  threshold: never,
  mask_threshold: never,
  subtask: never,
  targets: never,
  aggregation_strategy: never,
  src_lang: never,
  tgt_lang: never,
  max_answer_len: never,
  negative_prompt: never,
  num_inference_steps: never,
};
const refuseOtherTasks = refuseFields(
  ofOtherTasks,
  (field) => `${field} is of another task than this model has. GET /v1/models names the tasks of each.`,
);

const textSentence = notSupported({
  // LangChain sends 0.95 unless it is told otherwise.
  typical_p: 'send 1, which changes nothing, and a top_p',
  best_of: 'send a call for each answer',
  num_return_sequences: 'send a call for each answer',
  truncate: 'a number of tokens is not read. Send truncate: true beside inputs',
});

export const refuseTextParameters = both(refuseOtherTasks, refuseFields(textParameters, textSentence));

/** The same, where they stand beside the fields of OpenAI's API, which has a best_of and we a truncate of its own. */
const { best_of: _bestOf, truncate: _truncate, ...besideOpenAi } = textParameters;
export const refuseTextParametersBesideOpenAi = refuseFields(besideOpenAi, textSentence);

/** Of a classification: a calibrated probability is what a softmax makes; there is no other function to apply. */
export const refuseClassificationParameters = both(
  refuseOtherTasks,
  refuseFields(
    { function_to_apply: (value) => value === 'softmax' },
    notSupported({ function_to_apply: 'scores are probabilities, as softmax makes them' }),
  ),
);

/** What stands beside `inputs`: among the parameters nobody would read it. */
export const refuseMisplaced = refuseFields(
  { truncate: (value) => value === false, dimensions: () => false },
  (field) => `${field} stands beside inputs, not among parameters.`,
);

function both(first: ReturnType<typeof refuseFields>, second: ReturnType<typeof refuseFields>) {
  return (...given: Parameters<typeof first>) => {
    first(...given);
    second(...given);
  };
}
