'use client';
import { useEffect, useRef, useState } from 'react';
import type { DemoToken } from '#server/domain/demo/schema.ts';
import { useRpcClient } from '../../_trpc/client.ts';
import { refusalOf } from '../../_trpc/rpc-error.ts';
import { askSentiment, type DemoAnswer, type DemoRefusal } from './ask-sentiment.ts';
import { storedToken, storeToken } from './demo-token.ts';
import { withEachWordLeftOut } from './leave-out.ts';

const pauseMs = 500;

export interface Demo {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** The last one; of an earlier text while `asking`. */
  readonly answer: DemoAnswer | null;
  readonly refusal: DemoRefusal | null;
  readonly asking: boolean;
}

/** Asks when typing pauses; a newer text aborts the older call; a refusal with a time is asked again by itself. */
export function useDemo(initialText: string): Demo {
  const rpc = useRpcClient();
  const [text, setText] = useState(initialText);
  const [answer, setAnswer] = useState<DemoAnswer | null>(null);
  const [refusal, setRefusal] = useState<DemoRefusal | null>(null);
  const [asking, setAsking] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const isFirst = useRef(true);

  useEffect(() => {
    const asked = text.trim();
    if (asked === '') {
      setAsking(false);
      setRefusal(null);
      return;
    }
    const abort = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    setAsking(true);

    async function takeToken(): Promise<DemoToken> {
      const stored = storedToken();
      if (stored) return stored;
      const token = await rpc.demo.token.mutate(undefined, { signal: abort.signal });
      storeToken(token);
      return token;
    }

    async function ask(): Promise<void> {
      try {
        const reply = await askSentiment(await takeToken(), asked, withEachWordLeftOut(asked), abort.signal);
        if (abort.signal.aborted) return;
        if (reply.kind === 'answer') {
          setAnswer(reply.answer);
          setRefusal(null);
        } else {
          if (reply.refusal.code.endsWith('_api_key')) storeToken(null);
          show(reply.refusal);
        }
      } catch (error) {
        if (abort.signal.aborted) return;
        show({ ...refusalOf(error), requestId: null, retryAfterMs: refusalOf(error).retryAfterMs ?? null });
      }
      setAsking(false);
    }

    function show(refused: DemoRefusal): void {
      setRefusal(refused);
      if (refused.retryAfterMs !== null)
        again = setTimeout(() => setAttempt((n) => n + 1), refused.retryAfterMs);
    }

    const timer = setTimeout(() => void ask(), isFirst.current ? 0 : pauseMs);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      clearTimeout(again);
      abort.abort();
    };
  }, [text, attempt, rpc]);

  return { text, setText, answer, refusal, asking };
}
