import type { TextGenerators } from '../generation/named-generator.ts';
import { chatCompletionsEndpoint } from './chat-completions.ts';
import { completionsEndpoint } from './completions.ts';
import { textGenerateEndpoint } from './text-generate.ts';

/** Every path on which a model that writes texts is called. */
export function generationEndpoints(generators: TextGenerators) {
  return [
    textGenerateEndpoint(generators),
    chatCompletionsEndpoint(generators),
    completionsEndpoint(generators),
  ] as const;
}
