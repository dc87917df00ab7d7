import { type NextRequest, NextResponse } from 'next/server';
import { themeScriptHash } from '#app/_components/theme-script.ts';
import { askedAddressHeader } from '#app/_trpc/asked-address.ts';
import { readWebEnvironment } from '#server/platform/environment/web.ts';

/**
 * Gives each page its Content-Security-Policy. Scripts run by the answer's nonce, or by their hash; Next reads the
 * nonce out of the request's copy of the header. Each is told its own address too, to come back to from the door.
 * Nothing is authorised here: every page and procedure asks for itself.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  headers.set(askedAddressHeader, request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  const { apiUrl } = readWebEnvironment();
  const isDevelopment = process.env.NODE_ENV === 'development';
  return Object.entries({
    'default-src': "'self'",
    // React needs eval in development only, to rebuild the server's stacks.
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic' '${themeScriptHash}'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // Positions of rules and charts are style attributes.
    'style-src': "'self' 'unsafe-inline'",
    // blob: is a visitor's own file, shown before it is sent.
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'connect-src': `'self' ${new URL(apiUrl).origin}${isDevelopment ? ' ws:' : ''}`,
    'frame-src': "'self'",
    'frame-ancestors': "'none'",
    'form-action': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
  })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

export const config = { matcher: ['/((?!api/|_next/static|_next/image|icon.svg|favicon.ico).*)'] };
