'use client';
import { z } from 'zod';
import type { DemoToken } from '#server/domain/demo/schema.ts';

export interface DemoRefusal {
  readonly message: string;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

export type DemoReply<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'refusal'; readonly refusal: DemoRefusal };

interface Call<Body> {
  readonly path: string;
  /** A form, or what is sent as JSON. */
  readonly body: FormData | object;
  readonly schema: z.ZodType<Body>;
  readonly signal: AbortSignal;
}

const apiErrorSchema = z.object({ error: z.object({ message: z.string(), code: z.string() }) });

/** The real API, as any browser would call it. Rejects only when it was aborted or nothing answered. */
export async function askApi<Body>(
  { token, apiUrl }: DemoToken,
  { path, body, schema, signal }: Call<Body>,
): Promise<DemoReply<Body & { readonly roundTripMs: number }>> {
  const isForm = body instanceof FormData;
  const startedAt = performance.now();
  const response = await fetch(`${apiUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
    signal,
  });
  const read: unknown = await response.json();
  const roundTripMs = performance.now() - startedAt;
  if (response.ok) return { kind: 'answer', answer: { ...schema.parse(read), roundTripMs } };
  return { kind: 'refusal', refusal: refusalIn(response, read) };
}

/** `read`: the body of the answer, or what stands for it in a stream. */
export function refusalIn({ headers }: Response, read: unknown): DemoRefusal {
  const retryAfter = Number(headers.get('retry-after'));
  return {
    ...apiErrorSchema.parse(read).error,
    requestId: headers.get('x-request-id'),
    retryAfterMs: retryAfter > 0 ? retryAfter * 1_000 : null,
  };
}
