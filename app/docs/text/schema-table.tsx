import { FieldTable } from '../field-table.tsx';

/** What the grammar of a schema keeps: `workers/model-runtime/json-schema/keywords.ts`. */
export function SchemaTable() {
  return (
    <FieldTable
      label="Keywords of a schema"
      head={['Keyword', 'Of', 'What is kept']}
      fields={[
        ['type, enum, const', 'any value', 'All.'],
        [
          'properties, required, additionalProperties',
          'object',
          'Properties come in the order of the schema, and no others where it names some.',
        ],
        ['propertyNames', 'object', 'A list of names.'],
        ['items, minItems, maxItems', 'array', 'Counts of up to 1,000.'],
        ['minLength, maxLength', 'string', 'Lengths of up to 1,000 characters.'],
        [
          'pattern',
          'string',
          'ECMA-262 by code points, of up to 2,000 characters: literals, classes, \\d \\w \\s, the dot, groups, choices, ? * + {m,n} up to 1,000, ^ and $. Found anywhere in the text where it is not anchored. No look-arounds, back references, word boundaries, flags or Unicode properties.',
        ],
        [
          'format',
          'string',
          'date, time and date-time (RFC 3339, with their offset), uuid, ipv4, and email (letters, digits, _ + - and single dots at a domain of two names or more). Any other is an annotation.',
        ],
        [
          'minimum, maximum, exclusiveMinimum, exclusiveMaximum',
          'integer, number',
          'All; a number with bounds is written without an exponent, and an exclusive bound other than 0 has up to 15 digits. No integer has more than 15 digits.',
        ],
        [
          'multipleOf',
          'integer, number',
          'A whole number of up to 25, or such a one with zeros behind it; of numbers 0.5, 1.5, 2.5 and 0.25 too. Others are refused: of 0.07 and a step of 0.01, validators that divide binary fractions find a rest.',
        ],
        [
          'allOf',
          'any value',
          'Members that come to one schema: properties and required together, the harder bound, every pattern; by reference too. Not of choices or two lists of values.',
        ],
        ['anyOf', 'any value', 'All.'],
        [
          'oneOf',
          'any value',
          'Where types, or a required property with a constant, tell its branches apart.',
        ],
        ['$ref, $defs', 'any value', 'Within the schema, to itself too.'],
      ]}
    />
  );
}
