import { createRoute, z } from '@hono/zod-openapi';
import { brand } from '#server/domain/brand/brand.ts';
import { DomainError } from '#server/domain/errors.ts';
import { type ModelIdentity, modelTasks } from '#workers/model-runtime/model-runtime.ts';
import { seconds } from '../codecs/seconds.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';

export interface ListedModel {
  readonly model: ModelIdentity;
  readonly createdAt: Date;
  /** Of the web's. Left out: nobody has measured it here. */
  readonly cardPath?: string | undefined;
}

export interface ModelsDependencies {
  readonly models: readonly ListedModel[];
  readonly webUrl: string;
}

const model = z
  .object({
    id: z.string().openapi({ example: 'sentiment-1' }),
    object: z.literal('model'),
    created: z.int().openapi({ description: 'Unix time in seconds.' }),
    owned_by: z.string(),
    tasks: z.array(z.enum(modelTasks)).openapi({ description: 'What it can be called for.' }),
    card: z
      .url()
      .nullable()
      .openapi({ description: 'What was measured of it, and where it fails. Null: it has no card.' }),
  })
  .openapi('Model');

const list = createRoute({
  method: 'get',
  path: '/v1/models',
  operationId: 'listModels',
  summary: 'Models that the key may call',
  security: bearer,
  responses: {
    200: {
      description: 'Every model that the key may call, in one page.',
      headers: successHeaders,
      content: {
        'application/json': {
          schema: z
            .object({ object: z.literal('list'), data: z.array(model), has_more: z.literal(false) })
            .openapi('ModelList'),
        },
      },
    },
    ...errorResponses,
  },
});

const read = createRoute({
  method: 'get',
  path: '/v1/models/{model}',
  operationId: 'readModel',
  summary: 'One model',
  security: bearer,
  request: { params: z.object({ model: z.string() }) },
  responses: {
    200: {
      description: 'The model.',
      headers: successHeaders,
      content: { 'application/json': { schema: model } },
    },
    ...errorResponses,
    404: { ...errorResponses[404], description: 'No such model, or none that the key may call.' },
  },
});

const common = { family: 'own', scope: 'models:read', body: null } as const;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of endpoints of different types.
export function modelEndpoints({ models, webUrl }: ModelsDependencies): readonly FreeEndpoint<any>[] {
  const described = models.map((listed) => toModel(listed, webUrl));
  return [listEndpoint(described), readEndpoint(described)];
}

type Model = z.infer<typeof model>;

function listEndpoint(models: readonly Model[]): FreeEndpoint<undefined> {
  return {
    ...common,
    route: list,
    async reply(_, { mayCall }) {
      const allowed = await Promise.all(models.map(({ id }) => mayCall(id)));
      return { object: 'list', data: models.filter((_model, i) => allowed[i]), has_more: false };
    },
  };
}

function readEndpoint(models: readonly Model[]): FreeEndpoint<string> {
  return {
    ...common,
    route: read,
    readParameters: ({ path }) => path.model ?? '',
    async reply(id, { mayCall }) {
      const found = models.find((one) => one.id === id);
      // What the list leaves out is not there either.
      if (found && (await mayCall(id))) return found;
      const sentence = 'There is no such model. GET /v1/models names those that the key may call.';
      throw new DomainError('not_found', sentence, { param: 'model' });
    },
  };
}

function toModel({ model: { id, tasks }, createdAt, cardPath }: ListedModel, webUrl: string): Model {
  return {
    id,
    object: 'model',
    created: seconds(createdAt),
    owned_by: brand.name.toLowerCase(),
    tasks: [...tasks],
    card: cardPath === undefined ? null : new URL(cardPath, webUrl).href,
  };
}
