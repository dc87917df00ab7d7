/** The web server (server/platform/web-server.ts) overwrites it, so that no client can choose its value. */
export const clientAddressHeader = 'x-modelyard-client-address';

/** Fails closed: without the web server in front there is no address to count by, so no call is answered. */
export function clientAddressOf(headers: Headers): string {
  const address = headers.get(clientAddressHeader);
  if (!address)
    throw new Error(`${clientAddressHeader} is missing: start the product with its own web server`);
  return address;
}

/**
 * Whether a browser sent this from one of our own pages. A request that carries neither header comes from no
 * browser, and then nobody's cookie was sent without their knowing.
 */
export function isSameOrigin(headers: Headers, webUrl: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site && site !== 'same-origin') return false;
  const origin = headers.get('origin');
  return !origin || origin === new URL(webUrl).origin || originHost(origin) === headers.get('host');
}

function originHost(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
