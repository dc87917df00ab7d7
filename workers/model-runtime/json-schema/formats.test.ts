import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { grammarOfSchema } from './grammar-of-schema.ts';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: unknown, text: string) => boolean;
beforeAll(async () => {
  accepts = await schemaAcceptance();
});

/** Readers that hold a text to its format. */
const readers = {
  date: z.iso.date(),
  // RFC 3339 asks for the offset, which Zod's times have no place for.
  time: z.string().refine((text) => z.iso.datetime({ offset: true }).safeParse(`2026-01-01T${text}`).success),
  'date-time': z.iso.datetime({ offset: true }),
  uuid: z.guid(),
  email: z.email(),
  ipv4: z.ipv4(),
};

it.each([
  [
    'date',
    ['2026-11-26', '2024-02-29', '2000-02-29', '1999-12-31', '0000-02-29'],
    [
      '2026-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-1-1',
      '26-11-26',
      '2026-11-26T00:00:00Z',
      '',
    ],
  ],
  [
    'time',
    ['00:00:00Z', '23:59:59.999Z', '12:30:00+02:00', '12:30:00.5-11:30'],
    ['24:00:00Z', '12:60:00Z', '12:30Z', '12:30:00', '12:30:00+24:00', '1:00:00Z', '12:30:00.Z'],
  ],
  [
    'date-time',
    ['2026-11-26T19:48:00Z', '2024-02-29T00:00:00.123+01:00'],
    [
      '2023-02-29T00:00:00Z',
      '2026-11-26 19:48:00Z',
      '2026-11-26T19:48:00',
      '2026-11-26',
      '2026-11-26T25:00:00Z',
    ],
  ],
  [
    'uuid',
    [
      '123e4567-e89b-12d3-a456-426614174000',
      '00000000-0000-0000-0000-000000000000',
      '123E4567-E89B-42D3-A456-426614174000',
    ],
    [
      '123e4567e89b12d3a456426614174000',
      '123e4567-e89b-12d3-a456-42661417400',
      '123e4567-e89b-12d3-a456-42661417400g',
      '{123e4567-e89b-12d3-a456-426614174000}',
    ],
  ],
  [
    'email',
    ['a@example.com', 'first.last+tag@mail.example-site.org', 'a_b@1.example.co'],
    [
      'a',
      'a@b',
      '@example.com',
      'a@example',
      '.a@example.com',
      'a..b@example.com',
      'a.@example.com',
      'a@-example.com',
      'a@example-.com',
      'a@example.c',
      'a b@example.com',
      'a@example.com ',
      'a@b@example.com',
    ],
  ],
  [
    'ipv4',
    ['0.0.0.0', '127.0.0.1', '255.255.255.255', '192.168.10.249'],
    ['256.0.0.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4/8', '1.2.3.260', ''],
  ],
] as const)('a text of the format %s is one', (format, taken, left) => {
  const schema = { type: 'string', format };
  for (const text of taken) expect([text, accepts(schema, JSON.stringify(text))]).toEqual([text, true]);
  for (const text of taken) expect([text, readers[format].safeParse(text).success]).toEqual([text, true]);
  for (const text of left) expect([text, accepts(schema, JSON.stringify(text))]).toEqual([text, false]);
});

it('is kept beside a length and a pattern', () => {
  const schema = { type: 'string', format: 'email', maxLength: 255, pattern: '@example\\.com$' };
  expect(accepts(schema, '"a@example.com"')).toBe(true);
  expect(accepts(schema, '"a@example.org"')).toBe(false);
  expect(accepts(schema, `"${'a'.repeat(243)}@example.com"`)).toBe(true);
  expect(accepts(schema, `"${'a'.repeat(244)}@example.com"`)).toBe(false);
});

it('says of a value without a type that it is a text, and nothing of other types', () => {
  expect(accepts({ format: 'date' }, '"2026-11-26"')).toBe(true);
  expect(accepts({ format: 'date' }, '"x"')).toBe(false);
  expect(accepts({ type: ['string', 'null'], format: 'date' }, 'null')).toBe(true);
  expect(accepts({ type: 'integer', format: 'int32' }, '12')).toBe(true);
});

it('that is another one is an annotation, as JSON Schema has it', () => {
  expect(accepts({ type: 'string', format: 'uri' }, '"no address"')).toBe(true);
  expect(accepts({ type: 'string', format: 'constructor' }, '"any"')).toBe(true);
  expect(accepts({ type: 'string', format: 3 }, '"any"')).toBe(true);
  expect(() => grammarOfSchema({ type: 'string', format: 'uuid', maxLength: 35 })).toThrow(
    'No text of such a length',
  );
});
