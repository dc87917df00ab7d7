import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import type { GenerationEndpoint } from '../../generation-endpoint.ts';
import { readJson } from '../../wire/json-body.ts';
import {
  type ChatOptions,
  chatCompletionChunk,
  chatCompletionsEndpoint,
  parseChat,
} from '../chat-completions.ts';
import { underModel } from './under-model.ts';

/** POST /models/{model}/v1/chat/completions: the path names the model, whatever the body calls it. */
export function modelChatCompletionsEndpoint(generator: TextGenerator): GenerationEndpoint<ChatOptions> {
  const endpoint = chatCompletionsEndpoint([generator]);
  return {
    ...endpoint,
    route: underModel(endpoint.route, generator, {
      operationId: 'createModelChatCompletion',
      event: chatCompletionChunk,
    }),
    family: 'hugging-face',
    body: async (incoming) => ({ ...parseChat(await readJson(incoming)), model: undefined }),
  };
}
