import { describe, expect, it } from 'vitest';
import { answersAsDocumented } from './as-documented.ts';

const thing = {
  type: 'object',
  properties: { id: { type: 'string' }, note: { type: 'string' } },
  required: ['id'],
};
const event = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const responses = {
  200: {
    headers: { 'x-request-id': {} },
    content: { 'application/json': { schema: thing }, 'text/event-stream': { schema: event } },
  },
};
const check = answersAsDocumented({ paths: { '/things/{id}': { get: { responses } } } });

function problemsOf(body: unknown, { type = 'application/json', ...headers }: Record<string, string> = {}) {
  return check({
    method: 'GET',
    path: '/things/7',
    status: 200,
    headers: new Headers({ 'content-type': type, 'x-request-id': 'req_1', ...headers }),
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('an answer', () => {
  it('as described has no problems', () => {
    expect(problemsOf({ id: 'a', note: 'b' })).toEqual([]);
    expect(problemsOf('data: {"text":"a"}\n\ndata: [DONE]\n\n', { type: 'text/event-stream' })).toEqual([]);
  });

  it.each([
    ['a field that is not described', { id: 'a', other: 1 }, /other/],
    ['a field of another type', { id: 7 }, /must be string/],
    ['without a field that it must have', {}, /id/],
  ])('with %s has one', (_, body, problem) => {
    expect(problemsOf(body)).toEqual([expect.stringMatching(problem)]);
  });

  it('of a stream is checked event by event', () => {
    const stream = 'data: {"text":"a"}\n\ndata: {"txt":"b"}\n\n';
    expect(problemsOf(stream, { type: 'text/event-stream' })).toEqual([expect.stringMatching(/text/)]);
  });

  it('with a status, type or header that is not described has one', () => {
    const headers = new Headers({ 'content-type': 'application/json' });
    const asked = { method: 'GET', path: '/things/7', headers, text: '{"id":"a"}' };
    expect(check({ ...asked, status: 418 })).toEqual(['418 is not described']);
    expect(check({ ...asked, status: 200 })).toEqual(['the header x-request-id is missing']);
    expect(problemsOf({ id: 'a' }, { type: 'text/html' })).toEqual(['the type text/html is not described']);
    expect(problemsOf({ id: 'a' }, { 'retry-after': '1' })).toEqual([
      'the header retry-after is not described',
    ]);
  });

  it('of a path or method that is not described is left alone', () => {
    const asked = { status: 200, headers: new Headers(), text: 'x' };
    expect(check({ ...asked, method: 'GET', path: '/other' })).toEqual([]);
    expect(check({ ...asked, method: 'POST', path: '/things/7' })).toEqual([]);
  });
});
