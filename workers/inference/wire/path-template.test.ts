import { expect, it } from 'vitest';
import { isPathOf, routerPath, templateOf } from './path-template.ts';

const template = '/v1/usage/receipts/{request_id}';

it('is written for the router and back', () => {
  expect(routerPath(template)).toBe('/v1/usage/receipts/:request_id');
  expect(templateOf(routerPath(template))).toBe(template);
  expect(routerPath('/v1/usage')).toBe('/v1/usage');
});

it.each([
  ['/v1/usage/receipts/req_1', true],
  ['/v1/usage/receipts/', false],
  ['/v1/usage/receipts', false],
  ['/v1/usage/receipts/req_1/more', false],
  ['/v1/usage/other/req_1', false],
])('has %s: %s', (path, expected) => {
  expect(isPathOf(template, path)).toBe(expected);
});

it('without a parameter is the path itself', () => {
  expect(isPathOf('/v1/usage', '/v1/usage')).toBe(true);
  expect(isPathOf('/v1/usage', '/v1/usages')).toBe(false);
});
