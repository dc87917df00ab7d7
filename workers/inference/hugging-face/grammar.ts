import { z } from '@hono/zod-openapi';
import type { OutputFormat } from '#workers/model-runtime/text-generator.ts';
import { formatOfSchema } from '../generation/response-format.ts';

const error =
  'grammar is {"type": "json", "value": …} with a JSON schema. Regular expressions are not taken: a text in JSON may have a pattern.';
const schema = z.record(z.string(), z.unknown(), { error });

/** As text-generation-inference has it, under each of its names. */
export const grammar = z
  .discriminatedUnion(
    'type',
    [
      z.strictObject({ type: z.enum(['json', 'json_object']), value: schema }, { error }),
      z.strictObject(
        {
          type: z.literal('json_schema'),
          value: z.looseObject({ schema }, { error }),
        },
        { error },
      ),
    ],
    { error },
  )
  .nullish()
  .openapi({ description: 'The answer is JSON that the schema accepts, as with response_format.' });

export function toGrammarFormat(given: z.infer<typeof grammar>): OutputFormat {
  if (given == null) return { kind: 'text' };
  return formatOfSchema(schemaOfGrammar(given), 'parameters.grammar');
}

export function schemaOfGrammar(given: NonNullable<z.infer<typeof grammar>>): z.infer<typeof schema> {
  return given.type === 'json_schema' ? given.value.schema : given.value;
}
