import { createRoute, z } from '@hono/zod-openapi';
import { brand } from '#server/domain/brand/brand.ts';
import { type ModelIdentity, modelTasks } from '#workers/model-runtime/model-runtime.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { bearer, errorResponses, successHeaders } from '../openapi-parts.ts';

export interface ListedModel {
  readonly model: ModelIdentity;
  readonly createdAt: Date;
}

const reply = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        id: z.string().openapi({ example: 'sentiment-1' }),
        object: z.literal('model'),
        created: z.int().openapi({ description: 'Unix time in seconds.' }),
        owned_by: z.string(),
        tasks: z.array(z.enum(modelTasks)).openapi({ description: 'What it can be called for.' }),
      }),
    ),
    has_more: z.literal(false),
  })
  .openapi('ModelList');

const route = createRoute({
  method: 'get',
  path: '/v1/models',
  operationId: 'listModels',
  summary: 'Models that the key may call',
  security: bearer,
  responses: {
    200: {
      description: 'Every model that the key may call, in one page.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
  },
});

export function modelsEndpoint(models: readonly ListedModel[]): FreeEndpoint<undefined> {
  return {
    route,
    family: 'own',
    scope: 'models:read',
    body: null,
    async reply(_, { mayCall }): Promise<z.infer<typeof reply>> {
      const allowed = await Promise.all(models.map(({ model }) => mayCall(model.id)));
      return {
        object: 'list',
        data: models
          .filter((_model, i) => allowed[i])
          .map(({ model, createdAt }) => ({
            id: model.id,
            object: 'model',
            created: Math.floor(createdAt.getTime() / 1_000),
            owned_by: brand.name.toLowerCase(),
            tasks: [...model.tasks],
          })),
        has_more: false,
      };
    },
  };
}
