import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import type { GenerationEndpoint } from '../../generation-endpoint.ts';
import { tgiAnswer, tgiEvent, tgiEvents, toTgiAnswer } from '../../hugging-face/tgi-answer.ts';
import { type TgiOptions, tgiBody, tgiStreamableBody, toTgiRequest } from '../../hugging-face/tgi-request.ts';
import {
  bearer,
  huggingFaceErrorResponses,
  huggingFaceErrorSchema,
  successHeaders,
} from '../../openapi/openapi-parts.ts';
import { jsonBody } from '../../wire/json-body.ts';

const description = 'One unit is one token that was read or written.';

/** POST /models/{model}: a list of one answer that begins with its prompt, unless it is told otherwise. */
export function textGenerationEndpoint(generator: TextGenerator): GenerationEndpoint<TgiOptions> {
  return eitherWay(generator, {
    path: `/models/${generator.model.id}`,
    operationId: 'textGeneration',
    summary: 'How a text goes on, as Hugging Face’s clients ask for it',
  });
}

/** POST / of text-generation-inference, where its own clients and Hugging Face's send what they do when they have its address alone. */
export function compatGenerateEndpoint(generator: TextGenerator): GenerationEndpoint<TgiOptions> {
  return eitherWay(generator, {
    path: '/',
    operationId: 'compatGenerate',
    summary: 'How a text goes on, whole or in events, as text-generation-inference has it',
  });
}

function eitherWay(
  generator: TextGenerator,
  named: Pick<RouteConfig, 'path' | 'operationId' | 'summary'>,
): GenerationEndpoint<TgiOptions> {
  const read = jsonBody(tgiStreamableBody);
  return {
    ...common(generator),
    route: createRoute({
      ...named,
      method: 'post',
      description,
      security: bearer,
      request: requestOf(tgiStreamableBody.openapi('TextGenerationInput')),
      responses: {
        200: {
          description: 'A list of one answer; with stream, an event for each token.',
          headers: successHeaders,
          content: {
            'application/json': { schema: z.array(tgiAnswer) },
            'text/event-stream': { schema: z.union([tgiEvent, huggingFaceErrorSchema]) },
          },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    async body(incoming) {
      const given = await read(incoming);
      return toTgiRequest(given, { isStream: given.stream ?? false, returnFullText: true });
    },
    reply: (request, head, written) => [toTgiAnswer(request, head, written)],
  };
}

/** POST /generate of text-generation-inference. */
export function generateEndpoint(generator: TextGenerator): GenerationEndpoint<TgiOptions> {
  const read = jsonBody(tgiBody);
  return {
    ...common(generator),
    route: createRoute({
      method: 'post',
      path: '/generate',
      operationId: 'generate',
      summary: 'How a text goes on, as text-generation-inference has it',
      description,
      security: bearer,
      request: requestOf(tgiBody.openapi('GenerateRequest')),
      responses: {
        200: {
          description: 'The answer.',
          headers: successHeaders,
          content: { 'application/json': { schema: tgiAnswer } },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    body: async (incoming) => toTgiRequest(await read(incoming), { isStream: false, returnFullText: false }),
    reply: toTgiAnswer,
  };
}

/** POST /generate_stream of text-generation-inference. */
export function generateStreamEndpoint(generator: TextGenerator): GenerationEndpoint<TgiOptions> {
  const read = jsonBody(tgiBody);
  return {
    ...common(generator),
    route: createRoute({
      method: 'post',
      path: '/generate_stream',
      operationId: 'generateStream',
      summary: 'The same while it is written',
      description,
      security: bearer,
      request: requestOf(tgiBody.openapi('GenerateRequest')),
      responses: {
        200: {
          description: 'An event for each token.',
          headers: successHeaders,
          content: { 'text/event-stream': { schema: z.union([tgiEvent, huggingFaceErrorSchema]) } },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    body: async (incoming) => toTgiRequest(await read(incoming), { isStream: true, returnFullText: false }),
    reply: toTgiAnswer,
  };
}

function common(generator: TextGenerator) {
  return {
    family: 'hugging-face',
    scope: 'text',
    task: 'text-generation',
    modelOf: () => generator,
    promptParam: () => 'inputs',
    events: tgiEvents,
  } as const;
}

function requestOf(schema: z.ZodType): NonNullable<RouteConfig['request']> {
  return { body: { required: true, content: { 'application/json': { schema } } } };
}
