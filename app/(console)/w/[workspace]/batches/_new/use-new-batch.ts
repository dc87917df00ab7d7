'use client';
import { useEffect, useRef, useState } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import type { CallRefusal } from '../../../../../_calls/ask-api.ts';
import { isLasting } from '../../../../../_calls/is-lasting.ts';
import { forgetFile, type SentFile, sendFile } from '../../../../../_calls/send-file.ts';
import { startBatch } from '../../../../../_calls/start-batch.ts';
import { useRpcClient } from '../../../../../_trpc/client.ts';
import { refusalOf } from '../../../../../_trpc/rpc-error.ts';
import { tooLargeSentence } from './check-file.ts';
import type { BatchEndpoint } from './endpoints.ts';
import { nameEndpoint } from './name-endpoint.ts';

export interface BatchWanted {
  readonly file: File;
  readonly endpoint: BatchEndpoint;
  /** Its lines leave the path open. */
  readonly isOpen: boolean;
}

export type NewBatchStage =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly share: number }
  | { readonly kind: 'starting' };

export interface NewBatch {
  readonly stage: NewBatchStage;
  readonly refusal: CallRefusal | null;
  readonly start: (wanted: BatchWanted) => void;
  /** While it is sent; once it has been, the batch is as good as there. */
  readonly cancel: () => void;
  /** Of what was refused, and is not what is chosen now. */
  readonly clear: () => void;
}

interface Sent {
  readonly of: BatchWanted;
  readonly file: SentFile;
}

/** Two calls of the public API, with a token of the member who is here. It lives in this page's memory alone. */
export function useNewBatch(workspaceId: string, onStarted: (batchId: string) => void): NewBatch {
  const rpc = useRpcClient();
  const [stage, setStage] = useState<NewBatchStage>({ kind: 'idle' });
  const [refusal, setRefusal] = useState<CallRefusal | null>(null);
  const key = useRef<ShortLivedKey | null>(null);
  const sent = useRef<Sent | null>(null);
  const abort = useRef<AbortController | null>(null);
  const isBusy = stage.kind !== 'idle';

  // Whoever leaves without a batch leaves no file.
  useEffect(
    () => () => {
      abort.current?.abort();
      if (sent.current && key.current) forgetFile(key.current, sent.current.file);
    },
    [],
  );
  useEffect(() => {
    if (!isBusy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isBusy]);

  async function takeKey(signal: AbortSignal): Promise<ShortLivedKey> {
    const kept = key.current;
    if (kept && isLasting(kept)) return kept;
    key.current = await rpc.batch.token.mutate({ workspaceId }, { signal });
    return key.current;
  }

  /** What was sent before is not sent again, where only the batch was refused. */
  async function uploadOf(wanted: BatchWanted, signal: AbortSignal): Promise<SentFile | CallRefusal> {
    const { file, endpoint, isOpen } = wanted;
    const before = sent.current;
    if (before?.of.file === file && before.of.endpoint === endpoint) return before.file;
    if (before && key.current) forgetFile(key.current, before.file);
    sent.current = null;
    setStage({ kind: 'sending', share: 0 });
    const bytes = isOpen ? await nameEndpoint(file, endpoint) : file;
    const tooLarge = tooLargeSentence(bytes.size);
    if (tooLarge)
      return { code: 'payload_too_large', message: tooLarge, retryAfterMs: null, requestId: null };
    const reply = await sendFile(await takeKey(signal), {
      bytes,
      name: file.name,
      signal,
      onSent: (share) => setStage((now) => (now.kind === 'sending' ? { kind: 'sending', share } : now)),
    });
    if (reply.kind === 'refusal') return reply.refusal;
    sent.current = { of: wanted, file: reply.answer };
    return reply.answer;
  }

  function refuse(refused: CallRefusal): void {
    // Another token may do.
    if (refused.code.endsWith('_api_key')) key.current = null;
    setRefusal(refused);
  }

  async function run(wanted: BatchWanted, signal: AbortSignal): Promise<void> {
    const uploaded = await uploadOf(wanted, signal);
    if ('code' in uploaded) return refuse(uploaded);
    setStage({ kind: 'starting' });
    const { endpoint } = wanted;
    const reply = await startBatch(await takeKey(signal), { fileId: uploaded.id, endpoint, signal });
    if (reply.kind === 'refusal') return refuse(reply.refusal);
    sent.current = null;
    onStarted(reply.answer.id);
  }

  return {
    stage,
    refusal,
    start(wanted) {
      if (isBusy) return;
      const controller = new AbortController();
      abort.current = controller;
      setRefusal(null);
      setStage({ kind: 'sending', share: 0 });
      run(wanted, controller.signal)
        .catch((error: unknown) => {
          if (controller.signal.aborted) return;
          const { code, message, retryAfterMs = null } = refusalOf(error);
          setRefusal({ code, message, retryAfterMs, requestId: null });
        })
        .finally(() => setStage({ kind: 'idle' }));
    },
    cancel: () => abort.current?.abort(),
    clear: () => setRefusal(null),
  };
}
