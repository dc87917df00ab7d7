import { createRoute, z } from '@hono/zod-openapi';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type {
  ImageExplanationInput,
  ImageExplanationOutput,
  TextClassification,
  TextInput,
} from '#workers/model-runtime/model-runtime.ts';
import type { MeteredEndpoint } from '../endpoint.ts';
import { explainPictures, type ServedForExplaining } from '../explanations/explain-pictures.ts';
import { explainTexts } from '../explanations/explain-texts.ts';
import type { ExplainedKind } from '../explanations/explained-kind.ts';
import { pictureExplanationReply, textExplanationReply } from '../explanations/explanation-reply.ts';
import {
  type ExplanationRequest,
  isOfPicture,
  pictureExplanationBody,
  pictureExplanationForm,
  textExplanationBody,
} from '../explanations/explanation-request.ts';
import { readExplanationRequest } from '../explanations/read-explanation-request.ts';
import { fetchPictures } from '../images/fetch-pictures.ts';
import type { ServedModel } from '../models/served-model.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/explanations',
  operationId: 'createExplanation',
  summary: 'Why a text or a picture got its label',
  description:
    'What each word of a text, or each cell of a grid on a picture, does for a score: by taking it out and seeing what the model says then. It costs what its runs of the model cost: of a text, one unit is one token that was read in any of them; of a picture, one unit is one run.',
  security: bearer,
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: z.union([textExplanationBody, pictureExplanationBody]) },
        'multipart/form-data': { schema: pictureExplanationForm },
      },
    },
  },
  responses: {
    200: {
      description: 'A value for each word, or for each cell.',
      headers: successHeaders,
      content: { 'application/json': { schema: z.union([textExplanationReply, pictureExplanationReply]) } },
    },
    ...errorResponses,
  },
});

interface ExplanationsDependencies {
  readonly texts: ServedModel<TextInput, TextClassification>;
  readonly pictures: ServedForExplaining;
  readonly fetchOutside: OutboundFetch;
}

type Item = TextInput | ImageExplanationInput;
type Output = TextClassification | ImageExplanationOutput;
type Kind = ExplainedKind<ExplanationRequest, Item, Output>;

/** One path for two kinds of input. A request is handled by its kind alone, which sees only items and outputs of its own. */
export function explanationsEndpoint(
  dependencies: ExplanationsDependencies,
): MeteredEndpoint<ExplanationRequest, Item, Output> {
  const texts = explainTexts(dependencies.texts);
  const pictures = explainPictures(dependencies.pictures);
  const fetchPicture = fetchPictures(dependencies.fetchOutside);
  const kindOf = (request: ExplanationRequest) =>
    (isOfPicture(request) ? pictures : texts) as unknown as Kind;
  const stepsMax = Math.max(texts.followUps.length, pictures.followUps.length);

  return {
    route,
    family: 'own',
    scope: (request) => kindOf(request).scope,
    task: (request) => kindOf(request).task,
    body: readExplanationRequest,
    bodyLimits: { bytesMax: imageLimits.bodyBytesMax, timeoutMs: imageLimits.bodyTimeoutMs },
    modelOf: (request) => kindOf(request).modelOf(request),
    itemsOf: (request) => kindOf(request).itemsOf(request),
    fetchInputs: async (request, context) =>
      isOfPicture(request) ? fetchPicture(request, context) : request,
    followUps: Array.from({ length: stepsMax }, (_, step) => ({
      itemsMax: (request) => kindOf(request).followUps[step]?.itemsMax(request) ?? [],
      itemsOf: (request, outputs) => kindOf(request).followUps[step]?.itemsOf(request, outputs) ?? [],
    })),
    tooLongCure: 'Shorten it: a text is explained whole.',
    paramOf: (request, index) => kindOf(request).paramOf(request, index),
    inputUnitsOf: (output) =>
      'inputTokens' in output ? texts.inputUnitsOf(output) : pictures.inputUnitsOf(output),
    reply: (request, answer) => kindOf(request).reply(request, answer),
  };
}
