import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { rpcLimits } from '#server/domain/rate-limits/limits.ts';
import { controlPlaneServices } from '#server/platform/control-plane.ts';
import { nextAuthOptions } from './next-auth-options.ts';
import { readBodyWithin } from './read-body.ts';
import { isSameOrigin } from './request-origin.ts';

interface RouteContext {
  readonly params: Promise<{ nextauth: string[] }>;
}

/** For app/api/auth/[...nextauth]/route.ts. */
export async function handleAuth(request: NextRequest, context: RouteContext): Promise<Response> {
  const services = controlPlaneServices();
  // next-auth takes its own address from this variable alone; one place sets it, from the environment file.
  process.env.NEXTAUTH_URL = services.webUrl;
  if (request.method !== 'POST') {
    if (!isCode(request.nextUrl.searchParams.get('error'))) return refusal(400, 'invalid_request');
    return authRoute(request, context, nextAuthOptions(services));
  }
  if (!isSameOrigin(request.headers, services.webUrl)) return refusal(403, 'permission_missing');
  const body = await readBodyWithin(request, rpcLimits.bodyBytesMax);
  if (body === null) return refusal(413, 'payload_too_large');
  if (!isReadable(body, request.headers.get('content-type'))) return refusal(400, 'invalid_json');
  return authRoute(
    new NextRequest(request.url, { method: 'POST', headers: request.headers, body }),
    context,
    nextAuthOptions(services),
  );
}

/** next-auth writes it into the address that it redirects to, as it is: what no header can hold would be a 500. */
function isCode(error: string | null): boolean {
  return error === null || /^\w{0,60}$/.test(error);
}

/** next-auth parses without a guard: what it can't parse would end as an error page with a stack in the log. */
function isReadable(body: string, contentType: string | null): boolean {
  if (!contentType?.includes('application/json')) return true;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}

function refusal(status: number, code: string): Response {
  return Response.json({ error: { code } }, { status });
}

type AuthRoute = (
  request: NextRequest,
  context: RouteContext,
  options: ReturnType<typeof nextAuthOptions>,
) => Promise<Response>;
// next-auth's types know this signature only as a rest parameter of any.
const authRoute: AuthRoute = NextAuth;
