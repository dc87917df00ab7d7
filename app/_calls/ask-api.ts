'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';

export interface CallRefusal {
  readonly message: string;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

export type CallReply<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'refusal'; readonly refusal: CallRefusal };

interface Call<Body> {
  readonly path: string;
  /** A form, or what is sent as JSON. Null: a GET. */
  readonly body: FormData | object | null;
  readonly schema: z.ZodType<Body>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface CallMeasure {
  readonly roundTripMs: number;
  /** As it came. */
  readonly raw: unknown;
}

const apiErrorSchema = z.object({ error: z.object({ message: z.string(), code: z.string() }) });

/** The real API, as any browser would call it. Rejects only when it was aborted or nothing answered. */
export async function askApi<Body>(
  key: ShortLivedKey,
  { path, body, schema, headers, signal }: Call<Body>,
): Promise<CallReply<Body & CallMeasure>> {
  const startedAt = performance.now();
  const request = requestOf(key, body);
  const response = await fetch(`${key.apiUrl}${path}`, {
    ...request,
    headers: { ...request.headers, ...headers },
    signal,
  });
  const read: unknown = await response.json();
  const roundTripMs = performance.now() - startedAt;
  if (response.ok) return { kind: 'answer', answer: { ...schema.parse(read), roundTripMs, raw: read } };
  return { kind: 'refusal', refusal: refusalIn(response, read) };
}

interface CallRequest extends RequestInit {
  readonly headers: Readonly<Record<string, string>>;
}

export function requestOf({ token }: ShortLivedKey, body: FormData | object | null): CallRequest {
  const authorization = `Bearer ${token}`;
  if (body === null) return { headers: { authorization } };
  if (body instanceof FormData) return { method: 'POST', headers: { authorization }, body };
  const headers = { authorization, 'content-type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

/** `read`: the body of the answer, or what stands for it in a stream. */
export function refusalIn({ headers }: Pick<Response, 'headers'>, read: unknown): CallRefusal {
  const retryAfter = Number(headers.get('retry-after'));
  return {
    ...apiErrorSchema.parse(read).error,
    requestId: headers.get('x-request-id'),
    retryAfterMs: retryAfter > 0 ? retryAfter * 1_000 : null,
  };
}
