import { expect, it } from 'vitest';
import { toResponseFormat } from './response-format.ts';

it('says nothing of a text, and what is JSON as the API takes it', () => {
  expect(toResponseFormat('text', 'no matter')).toEqual({ value: null, error: null });
  expect(toResponseFormat('json', '')).toEqual({ value: { type: 'json_object' }, error: null });
  expect(toResponseFormat('schema', '{"type":"object"}').value).toEqual({
    type: 'json_schema',
    json_schema: { name: 'answer', schema: { type: 'object' } },
  });
});

it.each(['', '{', '[]', 'null', '5'])('refuses %j as a schema', (schema) =>
  expect(toResponseFormat('schema', schema)).toEqual({ value: null, error: 'A schema is a JSON object.' }),
);
