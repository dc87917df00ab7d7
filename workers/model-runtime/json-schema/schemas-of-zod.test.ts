import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: z.ZodType, text: string) => boolean;
beforeAll(async () => {
  const accepted = await schemaAcceptance();
  // As Vercel's AI SDK makes them.
  accepts = (schema, text) => accepted(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }), text);
});

const circle = z.object({ kind: z.literal('circle'), radius: z.number() });
const square = z.object({ kind: z.literal('square'), side: z.number() });

describe('what Zod makes of', () => {
  it('a discriminated union is one of its branches', () => {
    const shape = z.discriminatedUnion('kind', [circle, square]);
    expect(accepts(shape, '{"kind":"circle","radius":1}')).toBe(true);
    expect(accepts(shape, '{"kind":"square","side":1}')).toBe(true);
    expect(accepts(shape, '{"kind":"square","radius":1}')).toBe(false);
    expect(accepts(z.object({ shapes: z.array(shape) }), '{"shapes":[{"kind":"square","side":2}]}')).toBe(
      true,
    );
  });

  it('one whose branches are unions, or named elsewhere, is too', () => {
    const line = z.object({ kind: z.enum(['line', 'ray']), length: z.number() });
    const flat = z.discriminatedUnion('kind', [circle, square]);
    const shape = z.discriminatedUnion('kind', [flat, line.meta({ id: 'line' })]);
    expect(
      accepts(
        z.object({ shape, other: line.nullable() }),
        '{"shape":{"kind":"ray","length":1},"other":null}',
      ),
    ).toBe(true);
  });

  it('a record has any names, or those that are listed', () => {
    const counts = z.record(z.string(), z.number().int());
    expect(accepts(counts, '{"a":1,"b":2}')).toBe(true);
    expect(accepts(counts, '{"a":"x"}')).toBe(false);
    const listed = z.record(z.enum(['a', 'b']), z.number());
    expect(accepts(listed, '{"a":1,"b":2}')).toBe(true);
    expect(accepts(listed, '{"a":1}')).toBe(false);
    expect(accepts(z.partialRecord(z.enum(['a', 'b']), z.number()), '{"c":1}')).toBe(false);
  });

  it.each([
    [z.number().min(0).max(10), ['0', '9.5', '10'], ['-1', '10.1']],
    [z.number().int().min(1).max(99), ['1', '99'], ['0', '100', '1.5']],
    [z.int().positive(), ['1', '123456'], ['0', '-1']],
    [z.number().nonnegative(), ['0', '0.5'], ['-0.5']],
    [z.number().gt(0).lt(1), ['0.5'], ['0', '1']],
    [z.int32(), ['-2147483648', '2147483647'], ['2147483648']],
    [z.int().multipleOf(5).lt(9), ['5', '-10'], ['10', '3']],
    [z.number().multipleOf(0.5).min(0), ['0.5', '3'], ['0.3']],
    [z.string().regex(/^[a-z]+-\d{2,4}$/), ['"ab-12"'], ['"ab-1"', '"AB-12"', '"ab-12 "']],
    [z.string().regex(/^\d+$/).max(3), ['"1"', '"123"'], ['"1234"', '""']],
    [z.string().email().max(255), ['"a@example.com"'], ['"a@example"']],
    [z.email(), ['"a@example.com"'], ['"example.com"']],
    [z.string().datetime(), ['"2026-11-26T19:48:00Z"'], ['"2026-11-26T19:48:00+01:00"', '"2026-11-26"']],
    [z.iso.datetime({ offset: true }), ['"2026-11-26T19:48:00+01:00"'], ['"2026-11-26T19:48"']],
    [z.iso.datetime({ local: true }), ['"2026-11-26T19:48:00"'], ['"2026-11-26"']],
    [z.iso.date(), ['"2024-02-29"'], ['"2026-02-29"']],
    [z.iso.time(), ['"19:48"', '"19:48:00.25"'], ['"24:00"']],
    [z.uuid(), ['"123e4567-e89b-12d3-a456-426614174000"'], ['"123e4567-e89b-02d3-a456-426614174000"']],
    [z.ipv4(), ['"127.0.0.1"'], ['"127.0.0.256"']],
    [z.ipv6(), ['"2001:db8::1"', '"::"'], ['"2001:db8::1::2"']],
    [z.base64(), ['"YWI="', '""'], ['"YWI"']],
    [z.ulid(), ['"01ARZ3NDEKTSV4RRFFQ69G5FAV"'], ['"01ARZ3NDEKTSV4RRFFQ69G5FAU"']],
    [z.e164(), ['"+491234567"'], ['"0491234567"']],
    [z.string().startsWith('ab').endsWith('z').includes('-'), ['"ab-z"'], ['"abz"', '"ab-"', '"b-z"']],
    [z.string().trim().lowercase(), ['"abc 1"'], ['"aBc"']],
    [z.templateLiteral(['v', z.number()]), ['"v1"', '"v-2.5"'], ['"v"', '"1"']],
    [
      z.intersection(z.object({ a: z.int().min(1) }), z.object({ b: z.string() })),
      ['{"a":1,"b":""}'],
      ['{"a":1}', '{"a":0,"b":""}'],
    ],
    [z.intersection(z.string().min(2), z.string().max(3)), ['"ab"', '"abc"'], ['"a"', '"abcd"']],
    [z.union([z.int().min(1).max(5), z.literal('none')]), ['5', '"none"'], ['6', '"non"']],
  ] as const)('its checks is kept: %#', (schema, taken, left) => {
    for (const text of taken) expect([text, accepts(schema, text)]).toEqual([text, true]);
    for (const text of taken) expect(schema.safeParse(JSON.parse(text))).toMatchObject({ success: true });
    for (const text of left) expect([text, accepts(schema, text)]).toEqual([text, false]);
  });

  it.each([
    [z.iso.duration(), 'look-aheads'],
    [z.hostname(), 'look-aheads'],
    [z.number().multipleOf(0.01), 'multipleOf'],
    [z.string().regex(/\p{Lu}/u), 'Unicode properties'],
    [z.record(z.uuid(), z.number()), 'format is not supported of names'],
  ] as const)('can not be kept is refused by name: %#', (schema, sentence) => {
    expect(() => accepts(schema, '')).toThrow(sentence);
  });
});
