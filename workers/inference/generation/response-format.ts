import { z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import { grammarOfSchema, SchemaRefusedError } from '#workers/model-runtime/json-schema/grammar-of-schema.ts';
import type { OutputFormat } from '#workers/model-runtime/text-generator.ts';

const { schemaBytesMax } = generationLimits;
const error =
  'response_format is {"type": "text"}, {"type": "json_object"} or {"type": "json_schema", "json_schema": …}.';
const schemaError = 'json_schema is {"name": …, "schema": …}.';
const schemaValue = z.record(z.string(), z.unknown(), {
  error: 'The schema of a json_object is a JSON object.',
});

export const responseFormat = z
  .discriminatedUnion(
    'type',
    [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({
        type: z.enum(['json_object', 'json']),
        value: schemaValue.nullish().openapi({
          description:
            'A schema, as text-generation-inference takes it: Hugging Face’s client for Python makes this of a json_schema.',
        }),
        schema: schemaValue.nullish().openapi({ description: 'The same, as llama.cpp and others take it.' }),
      }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject(
          {
            name: z
              .string({ error: schemaError })
              .max(64, { error: 'A name has at most 64 characters.' })
              .nullish(),
            description: z.string({ error: schemaError }).nullish(),
            schema: z.record(z.string(), z.unknown(), { error: schemaError }),
            strict: z.boolean({ error: 'strict is true or false.' }).nullish(),
          },
          { error: (issue) => (issue.code === 'invalid_type' ? schemaError : undefined) },
        ),
      }),
    ],
    { error },
  )
  .nullish()
  .openapi({
    description:
      'json_schema: the answer is JSON that the schema accepts, strict or not, with its bounds, patterns and formats. A keyword that can’t be kept is refused with its place.',
  });

/** Refuses a schema that no grammar can be made of. */
export function toOutputFormat(given: z.infer<typeof responseFormat>): OutputFormat {
  if (given == null || given.type === 'text') return { kind: 'text' };
  if (given.type === 'json_schema') return formatOfSchema(given.json_schema.schema, 'response_format');
  const schema = given.value ?? given.schema;
  return schema ? formatOfSchema(schema, 'response_format') : { kind: 'json' };
}

/** `param` is the field that the schema came in. */
export function formatOfSchema(schema: Readonly<Record<string, unknown>>, param: string): OutputFormat {
  const refused = (sentence: string) => new DomainError('invalid_request', sentence, { param });
  try {
    if (Buffer.byteLength(JSON.stringify(schema)) > schemaBytesMax) {
      throw refused(`A schema has at most ${schemaBytesMax} bytes.`);
    }
    grammarOfSchema(schema);
  } catch (cause) {
    // The call stack's end.
    if (cause instanceof RangeError) throw refused('The schema is nested too deeply.');
    if (!(cause instanceof SchemaRefusedError)) throw cause;
    throw refused(cause.path === '' ? cause.message : `${cause.path}: ${cause.message}`);
  }
  return { kind: 'json_schema', schema };
}
