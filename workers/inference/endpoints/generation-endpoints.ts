import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { chatCompletionsEndpoint } from './chat-completions.ts';
import { completionsEndpoint } from './completions.ts';
import { textGenerateEndpoint } from './text-generate.ts';

/** Every path on which a model that writes texts is called. */
export function generationEndpoints(generator: TextGenerator) {
  return [
    textGenerateEndpoint(generator),
    chatCompletionsEndpoint(generator),
    completionsEndpoint(generator),
  ] as const;
}
