import type { RouteConfig } from '@hono/zod-openapi';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { huggingFaceErrorResponses } from '../../openapi-parts.ts';

/** A path of OpenAI's API below a model's own. */
export function underModel(
  route: RouteConfig,
  { model }: Pick<TextGenerator, 'model'>,
  operationId: string,
): RouteConfig {
  const { 200: success } = route.responses;
  return {
    ...route,
    path: `/models/${model.id}${route.path}`,
    operationId,
    summary: `${route.summary}, of this model`,
    responses: { ...(success ? { 200: success } : {}), ...huggingFaceErrorResponses },
  };
}
