/** Only the console's own origin: its demo calls the API from the browser, with a short-lived key. */
export interface CrossOrigin {
  /** Adds what a browser needs to hand the answer to the page. */
  allow(request: Request, response: Response): Response;
  /** The answer to a preflight. */
  preflight(request: Request): Response;
}

const allowedHeaders = /^(?:authorization|content-type|idempotency-key|x-stainless-[a-z-]+)$/;
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

export function crossOrigin(webUrl: string): CrossOrigin {
  const allowedOrigin = new URL(webUrl).origin;

  return {
    allow(request, response) {
      const origin = request.headers.get('origin');
      if (origin === null) return response;
      response.headers.set('vary', 'origin');
      if (origin !== allowedOrigin) return response;
      response.headers.set('access-control-allow-origin', allowedOrigin);
      response.headers.set('access-control-expose-headers', exposedHeaders);
      return response;
    },
    preflight(request) {
      const headers: Record<string, string> = { vary: 'origin' };
      if (request.headers.get('origin') === allowedOrigin) {
        const asked = (request.headers.get('access-control-request-headers') ?? '')
          .toLowerCase()
          .split(/\s*,\s*/);
        headers['access-control-allow-origin'] = allowedOrigin;
        headers['access-control-allow-methods'] = 'GET, POST';
        headers['access-control-allow-headers'] = asked
          .filter((name) => allowedHeaders.test(name))
          .join(', ');
        headers['access-control-max-age'] = String(preflightSeconds);
      }
      return new Response(null, { status: 204, headers });
    },
  };
}
