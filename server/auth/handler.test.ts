import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rpcLimits } from '#server/domain/rate-limits/limits.ts';
import { type ControlPlane, createControlPlane } from '#server/testing/control-plane.ts';
import { handleAuth } from './handler.ts';

/** What is refused before next-auth is asked; what it does itself is seen in the browser's journeys. */
describe('the door of next-auth', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane();
    vi.stubGlobal('modelyardControlPlane', plane.services);
  });
  afterAll(async () => {
    vi.unstubAllGlobals();
    await plane.drop();
  });
  const post = (body: string, headers: Record<string, string> = {}) =>
    handleAuth(
      new NextRequest('http://web.test/api/auth/callback/password', {
        method: 'POST',
        headers: { host: 'web.test', 'content-type': 'application/json', ...headers },
        body,
      }),
      { params: Promise.resolve({ nextauth: ['callback', 'password'] }) },
    );

  it.each([
    ['%00', 400],
    ['%F0%9F%99%82', 400],
    ['%ff', 400],
    ['a%26callbackUrl=b', 400],
    ['x'.repeat(61), 400],
  ])('leads to no page of an error that is no code: %s', async (error, status) => {
    const request = new NextRequest(`http://web.test/api/auth/error?error=${error}`);
    const response = await handleAuth(request, { params: Promise.resolve({ nextauth: ['error'] }) });
    expect(response.status).toBe(status);
  });

  it.each([
    ['another origin', '{}', { origin: 'https://evil.test' }, 403],
    ['another site', '{}', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a body of no JSON', '{"email":', {}, 400],
    ['a body of a word', '"email"', {}, 400],
    ['a body of null', 'null', {}, 400],
    ['a body that is too long', JSON.stringify({ email: 'x'.repeat(rpcLimits.bodyBytesMax) }), {}, 413],
  ])('refuses %s', async (_, body, headers, status) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(plane.logLines).toEqual([]);
  });
});
