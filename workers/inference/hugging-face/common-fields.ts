import { z } from '@hono/zod-openapi';

export const bodyError = 'The body is a JSON object with inputs.';
export const parametersError = 'parameters is a JSON object.';

export const topK = (max: number = Number.MAX_SAFE_INTEGER) => {
  const error = `top_k is a whole number from 1 to ${max}.`;
  return z.int({ error }).min(1, { error }).max(max, { error }).nullish().openapi({
    description: 'How many labels the answer names.',
  });
};

export const labelled = z.object({ label: z.string(), score: z.number().min(0).max(1) });
