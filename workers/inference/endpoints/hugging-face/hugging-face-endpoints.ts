import type { RouteConfig } from '@hono/zod-openapi';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type {
  ImageClassification,
  ImageInput,
  TextClassification,
  TextInput,
} from '#workers/model-runtime/model-runtime.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import type { TextGenerators } from '../../generation/named-generator.ts';
import type { ServedModel } from '../../models/served-model.ts';
import type { EmbeddingModels } from '../embeddings.ts';
import { modelChatCompletionsEndpoint } from './chat-completions.ts';
import { modelCompletionsEndpoint } from './completions.ts';
import { pictureFeatureEndpoint, textFeatureEndpoints } from './feature-extraction.ts';
import { imageClassificationEndpoint } from './image-classification.ts';
import { textClassificationEndpoint } from './text-classification.ts';
import {
  compatGenerateEndpoint,
  generateEndpoint,
  generateStreamEndpoint,
  textGenerationEndpoint,
} from './text-generation.ts';

export interface HuggingFaceModels {
  readonly sentiment: ServedModel<TextInput, TextClassification>;
  readonly images: ServedModel<ImageInput, ImageClassification>;
  readonly embeddings: EmbeddingModels;
  readonly fetchOutside: OutboundFetch;
}

/** Every path of the family that runs a model once. */
export function huggingFaceMetered({ sentiment, images, embeddings, fetchOutside }: HuggingFaceModels) {
  return [
    textClassificationEndpoint(sentiment),
    imageClassificationEndpoint(images, { fetchOutside }),
    pictureFeatureEndpoint(embeddings.pictures, fetchOutside),
    ...textFeatureEndpoints(embeddings.texts),
  ] as const;
}

/** Every path of the family on which a text is written: below each model's name, and those that name none. */
export function huggingFaceGenerating([first, ...others]: TextGenerators) {
  return [
    ...underName(first),
    compatGenerateEndpoint(first),
    generateEndpoint(first),
    generateStreamEndpoint(first),
    ...others.flatMap((generator) => underName(generator, `_${generator.model.id.replaceAll('-', '_')}`)),
  ];
}

/** `ending` tells the operations of a description apart. */
function underName(generator: TextGenerator, ending = '') {
  return [
    renamed(textGenerationEndpoint(generator), ending),
    renamed(modelChatCompletionsEndpoint(generator), ending),
    renamed(modelCompletionsEndpoint(generator), ending),
  ];
}

function renamed<E extends { readonly route: RouteConfig }>(endpoint: E, ending: string): E {
  const { route } = endpoint;
  return { ...endpoint, route: { ...route, operationId: `${route.operationId}${ending}` } };
}
