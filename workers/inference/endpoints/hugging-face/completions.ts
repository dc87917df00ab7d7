import { z } from '@hono/zod-openapi';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { flag, maxTokens, samplingFields } from '../../generation/generation-fields.ts';
import type { GenerationEndpoint } from '../../generation-endpoint.ts';
import { grammar, schemaOfGrammar } from '../../hugging-face/grammar.ts';
import { refuseTextParametersBesideOpenAi } from '../../hugging-face/refused-parameters.ts';
import { parseAs, readJson } from '../../wire/json-body.ts';
import {
  type CompletionOptions,
  completionChunk,
  completionsEndpoint,
  parseCompletion,
} from '../completions.ts';
import { underModel } from './under-model.ts';

/** Parameters of text-generation-inference: Hugging Face's client for JavaScript sends them beside OpenAI's fields. */
const parameters = z
  .looseObject(
    {
      do_sample: flag('do_sample'),
      return_full_text: flag('return_full_text'),
      max_new_tokens: maxTokens('max_new_tokens'),
      stop_sequences: samplingFields.stop,
      grammar,
    },
    { error: 'The body is a JSON object.' },
  )
  .superRefine(refuseTextParametersBesideOpenAi);

/** POST /models/{model}/v1/completions: the path names the model, whatever the body calls it. */
export function modelCompletionsEndpoint(generator: TextGenerator): GenerationEndpoint<CompletionOptions> {
  const endpoint = completionsEndpoint([generator]);
  return {
    ...endpoint,
    route: underModel(endpoint.route, generator, {
      operationId: 'createModelCompletion',
      event: completionChunk,
    }),
    family: 'hugging-face',
    body: async (incoming) => ({
      ...parseCompletion(fromParameters(await readJson(incoming))),
      model: undefined,
    }),
  };
}

function fromParameters(given: unknown): object {
  const {
    do_sample,
    return_full_text,
    max_new_tokens,
    stop_sequences,
    grammar: shape,
    ...body
  } = parseAs(parameters, given);
  return {
    ...body,
    response_format: body.response_format ?? toResponseFormat(shape),
    max_tokens: body.max_tokens ?? max_new_tokens ?? generationLimits.newTokensDefault,
    stop: body.stop ?? stop_sequences,
    temperature: body.temperature ?? (do_sample === false ? 0 : null),
    echo: body.echo ?? return_full_text,
  };
}

function toResponseFormat(shape: z.infer<typeof grammar>): object | undefined {
  return shape ? { type: 'json_object', value: schemaOfGrammar(shape) } : undefined;
}
