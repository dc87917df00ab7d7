/** They say nothing about what is valid (JSON Schema 2020-12: annotations; `format` is one by default). */
export const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'examples',
  'format',
  'deprecated',
  'readOnly',
  'writeOnly',
  // OpenAPI's: which branch to look at first.
  'discriminator',
  '$schema',
  '$id',
  '$comment',
]);
/** What a grammar can keep. */
export const KEPT = new Set([
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'propertyNames',
  'items',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'anyOf',
  'oneOf',
  '$ref',
  '$defs',
  'definitions',
]);
