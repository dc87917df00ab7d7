import { type RouteConfig, z } from '@hono/zod-openapi';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { huggingFaceErrorResponses, huggingFaceErrorSchema } from '../../openapi/openapi-parts.ts';

/** A path of OpenAI's API below a model's own. */
export function underModel(
  route: RouteConfig,
  { model }: Pick<TextGenerator, 'model'>,
  { operationId, event }: { readonly operationId: string; readonly event: z.ZodType },
): RouteConfig {
  const { 200: success } = route.responses;
  const events = { 'text/event-stream': { schema: z.union([event, huggingFaceErrorSchema]) } };
  return {
    ...route,
    path: `/models/${model.id}${route.path}`,
    operationId,
    summary: `${route.summary}, of this model`,
    responses: {
      ...(success && 'content' in success
        ? { 200: { ...success, content: { ...success.content, ...events } } }
        : {}),
      ...huggingFaceErrorResponses,
    },
  };
}
