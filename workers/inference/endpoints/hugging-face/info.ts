import { createRoute, z } from '@hono/zod-openapi';
import { brand } from '#server/domain/brand/brand.ts';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import type { FreeEndpoint } from '../../endpoint.ts';
import { apiVersion } from '../../openapi/openapi-document.ts';
import { bearer, huggingFaceErrorResponses, successHeaders } from '../../openapi/openapi-parts.ts';

const reply = z
  .object({
    model_id: z.string(),
    model_sha: z.string().openapi({ description: 'Of the version of the model that answers.' }),
    model_pipeline_tag: z.literal('text-generation'),
    max_best_of: z.literal(1),
    max_stop_sequences: z.int(),
    max_input_tokens: z.int(),
    max_total_tokens: z.int().openapi({ description: 'Prompt and answer together.' }),
    router: z.string(),
    version: z.string(),
  })
  .openapi('Info');

/** What is true of us in the words of text-generation-inference; how a server of its would be set up is left out. */
export function infoEndpoint(generator: TextGenerator): FreeEndpoint<undefined> {
  const { model } = generator;
  return {
    route: createRoute({
      method: 'get',
      path: '/info',
      operationId: 'getInfo',
      summary: 'The model that /generate calls, as text-generation-inference has it',
      security: bearer,
      responses: {
        200: {
          description: 'The model and its limits.',
          headers: successHeaders,
          content: { 'application/json': { schema: reply } },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    family: 'hugging-face',
    scope: 'models:read',
    modelId: model.id,
    body: null,
    reply: (): z.infer<typeof reply> => ({
      model_id: model.id,
      model_sha: model.version.slice(model.version.indexOf('@') + 1),
      model_pipeline_tag: 'text-generation',
      max_best_of: 1,
      max_stop_sequences: generationLimits.stopsMax,
      max_input_tokens: generator.limits.contextTokens - 1,
      max_total_tokens: generator.limits.contextTokens,
      router: brand.name.toLowerCase(),
      version: apiVersion,
    }),
  };
}
