import type { KnownOrigins } from './known-origins.ts';

/**
 * Who may read answers in a browser: the console's own pages, and those whose origin some key names. A preflight comes
 * without the key, so more can't be told here; whether the page may use that key is decided by `admit`.
 */
export interface CrossOrigin {
  /** Adds what a browser needs to hand the answer to the page whose origin the request names, if it does. */
  allow(origin: string | null, response: Response, address: () => string): Response | Promise<Response>;
  /** The answer to a preflight. */
  preflight(request: Request, address: string): Promise<Response>;
  /** What of the origin that a request names is not ours: empty where it names none, or the console's. */
  foreignOrigin(origin: string | null): string;
}

/** What OpenAI's and Vercel's clients send in a browser too; Firefox asks for their user-agent, Chromium drops it. */
const allowedHeaders =
  /^(?:authorization|content-type|idempotency-key|user-agent|x-stainless-[a-z-]+|openai-(?:organization|project|beta))$/;
const allowedMethods = 'GET, POST, DELETE';
const exposedHeaders = [
  'x-request-id',
  'retry-after',
  'x-should-retry',
  'ratelimit',
  'ratelimit-policy',
  ...['limit', 'remaining', 'reset'].flatMap((part) => [
    `x-ratelimit-${part}-requests`,
    `x-ratelimit-${part}-tokens`,
  ]),
].join(', ');
const preflightSeconds = 600;

export function crossOrigin({
  webUrl,
  knownOrigins,
}: {
  readonly webUrl: string;
  readonly knownOrigins: KnownOrigins;
}): CrossOrigin {
  const ownOrigin = new URL(webUrl).origin;

  async function mayRead(origin: string, address: string): Promise<boolean> {
    return origin === ownOrigin || knownOrigins.has(origin, address);
  }

  async function allowIfKnown(origin: string, response: Response, address: string): Promise<Response> {
    response.headers.set('vary', 'origin');
    if (!(await mayRead(origin, address))) return response;
    response.headers.set('access-control-allow-origin', origin);
    response.headers.set('access-control-expose-headers', exposedHeaders);
    return response;
  }

  return {
    allow: (origin, response, address) =>
      origin === null ? response : allowIfKnown(origin, response, address()),
    async preflight(request, address) {
      const headers: Record<string, string> = { vary: 'origin' };
      const origin = request.headers.get('origin');
      if (origin !== null && (await mayRead(origin, address))) {
        const asked = (request.headers.get('access-control-request-headers') ?? '')
          .toLowerCase()
          .split(/\s*,\s*/);
        headers['access-control-allow-origin'] = origin;
        headers['access-control-allow-methods'] = allowedMethods;
        headers['access-control-allow-headers'] = asked
          .filter((name) => allowedHeaders.test(name))
          .join(', ');
        headers['access-control-max-age'] = String(preflightSeconds);
      }
      return new Response(null, { status: 204, headers });
    },
    foreignOrigin: (origin) => (origin === null || origin === ownOrigin ? '' : origin),
  };
}
