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
});
