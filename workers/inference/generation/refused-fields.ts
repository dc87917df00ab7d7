import type { z } from '@hono/zod-openapi';

/** A field that would change what the answer means, and the values of it that would not. */
export type RefusedFields = Readonly<Record<string, (value: unknown) => boolean>>;

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
const isFalse = (value: unknown) => value === false;
const isTrue = (value: unknown) => value === true;
const never = () => false;

const noFunctions =
  'the models call no functions. JSON of a shape of yours is written with response_format and a json_schema';
const askAsSchema = 'send response_format with a json_schema';
const writesTexts = 'the models write texts alone';

/** What to do instead, where there is anything. */
const cures: Readonly<Record<string, string>> = {
  tools: noFunctions,
  tool_choice: noFunctions,
  tool_calls: noFunctions,
  functions: noFunctions,
  function_call: noFunctions,
  audio: writesTexts,
  modalities: writesTexts,
  web_search_options: 'the models look nothing up. Put what they are to know into the messages',
  moderation: 'leave it out',
  prediction: 'leave it out',
  store: 'no answer is kept. Leave it out',
  suffix: 'a text is only gone on with. Send what stands before it as prompt',
  guided_json: askAsSchema,
  guided_regex: askAsSchema,
  guided_choice: `${askAsSchema} of an enum`,
  structured_outputs: askAsSchema,
  json_schema: askAsSchema,
};

/** Of vLLM, SGLang and llama.cpp beside OpenAI's API: another shape, another end, another way to draw. */
const engineFields: RefusedFields = {
  guided_json: never,
  guided_regex: never,
  guided_choice: never,
  guided_grammar: never,
  structured_outputs: never,
  json_schema: never,
  regex: never,
  ebnf: never,
  grammar: never,
  min_tokens: (value) => value === 0,
  ignore_eos: isFalse,
  stop_token_ids: isEmpty,
  use_beam_search: isFalse,
};

export const chatRefusals: RefusedFields = {
  tools: isEmpty,
  tool_choice: (value) => value === 'none' || value === 'auto',
  functions: isEmpty,
  function_call: (value) => value === 'none' || value === 'auto',
  audio: never,
  modalities: (value) => Array.isArray(value) && value.every((one) => one === 'text'),
  prediction: never,
  web_search_options: never,
  moderation: never,
  store: isFalse,
  ...engineFields,
  // Another prompt than the messages make.
  add_generation_prompt: isTrue,
  continue_final_message: isFalse,
  chat_template: never,
  echo: isFalse,
  best_of: (value) => value === 1,
};

/** Of a message, whatever its role. */
export const messageRefusals: RefusedFields = { tool_calls: isEmpty, function_call: never, audio: never };

export const completionRefusals: RefusedFields = {
  suffix: (value) => value === '',
  store: isFalse,
  ...engineFields,
};

/** Other fields that the path does not know are let through: clients send many that change nothing. */
export function refuseFields(refusals: RefusedFields, sentence = notSupported(cures)) {
  return (body: Readonly<Record<string, unknown>>, context: z.RefinementCtx) => {
    for (const [field, isHarmless] of Object.entries(refusals)) {
      const value = body[field];
      if (value == null || isHarmless(value)) continue;
      context.addIssue({ code: 'custom', path: [field], message: sentence(field) });
    }
  };
}

/** `instead` says for a field what to do, as the end of a sentence. */
export function notSupported(instead: Readonly<Record<string, string>>) {
  return (field: string): string => {
    const cure = instead[field];
    return cure === undefined ? `${field} is not supported.` : `${field} is not supported: ${cure}.`;
  };
}
