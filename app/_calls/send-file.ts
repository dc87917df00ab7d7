'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { fileLimits } from '#server/domain/rate-limits/schema.ts';
import { type CallRefusal, type CallReply, refusalIn } from './ask-api.ts';

const path = '/v1/files';
const fileSchema = z.object({ id: z.string() });
export type SentFile = z.infer<typeof fileSchema>;

export interface FileToSend {
  readonly bytes: Blob;
  readonly name: string;
  readonly signal: AbortSignal;
  /** Of the bytes, from 0 to 1. */
  readonly onSent: (share: number) => void;
}

/** POST /v1/files. Not by fetch, which tells nothing of what has been sent. Rejects only when it was aborted. */
export function sendFile(
  key: ShortLivedKey,
  { bytes, name, signal, onSent }: FileToSend,
): Promise<CallReply<SentFile>> {
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', bytes, name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${key.apiUrl}${path}`);
    request.setRequestHeader('authorization', `Bearer ${key.token}`);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onSent(total > 0 ? loaded / total : 0),
    );
    const abort = () => request.abort();
    signal.addEventListener('abort', abort);
    request.addEventListener('loadend', () => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) return reject(signal.reason as Error);
      resolve(replyOf(request));
    });
    if (signal.aborted) return reject(signal.reason as Error);
    request.send(form);
  });
}

function replyOf(request: XMLHttpRequest): CallReply<SentFile> {
  const read = parse(request.responseText);
  if (request.status === 200) return { kind: 'answer', answer: fileSchema.parse(read) };
  if (request.status === 0 || read === undefined) return { kind: 'refusal', refusal: brokenOff };
  const headers = new Headers();
  for (const name of ['retry-after', 'x-request-id']) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return { kind: 'refusal', refusal: refusalIn({ headers }, read) };
}

const brokenOff: CallRefusal = {
  code: 'unreachable',
  message: `The upload broke off, and nothing of it was kept. It may take ${fileLimits.uploadTimeoutMs / 1_000} seconds: check the connection, or split a file that takes longer.`,
  requestId: null,
  retryAfterMs: null,
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Of no batch: it would lie there for a month. Where that fails, it does. */
export function forgetFile({ apiUrl, token }: ShortLivedKey, { id }: SentFile): void {
  const request = { method: 'DELETE', headers: { authorization: `Bearer ${token}` }, keepalive: true };
  void fetch(`${apiUrl}${path}/${id}`, request).catch(() => {});
}
