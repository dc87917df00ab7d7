import type { z } from '@hono/zod-openapi';

/** A field of the OpenAI API that would change what the answer means, and the values of it that would not. */
export type RefusedFields = Readonly<Record<string, (value: unknown) => boolean>>;

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

export const chatRefusals: RefusedFields = {
  tools: isEmpty,
  tool_choice: (value) => value === 'none' || value === 'auto',
  functions: isEmpty,
  function_call: (value) => value === 'none' || value === 'auto',
  audio: () => false,
  modalities: (value) => Array.isArray(value) && value.every((one) => one === 'text'),
  prediction: () => false,
  web_search_options: () => false,
  store: (value) => value === false,
};

export const completionRefusals: RefusedFields = {
  suffix: (value) => value === '',
  store: (value) => value === false,
};

/** Other fields that the path does not know are let through: clients send many that change nothing. */
export function refuseFields(
  refusals: RefusedFields,
  sentence = (field: string) => `${field} is not supported.`,
) {
  return (body: Readonly<Record<string, unknown>>, context: z.RefinementCtx) => {
    for (const [field, isHarmless] of Object.entries(refusals)) {
      const value = body[field];
      if (value == null || isHarmless(value)) continue;
      context.addIssue({ code: 'custom', path: [field], message: sentence(field) });
    }
  };
}
