'use client';
import { useEffect, useRef, useState } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { refusalOf } from '../_trpc/rpc-error.ts';
import type { CallRefusal, CallReply } from './ask-api.ts';
import { useCalls } from './calls-context.ts';

export interface Asked<Answer> {
  /** The last one; of an earlier question while `asking`. */
  readonly answer: Answer | null;
  readonly refusal: CallRefusal | null;
  readonly asking: boolean;
}

interface AskOptions<Question, Answer> {
  /** Null: there is nothing to ask yet. */
  readonly question: Question | null;
  /** The same function at every render. */
  readonly ask: (key: ShortLivedKey, question: Question, signal: AbortSignal) => Promise<CallReply<Answer>>;
  /** A question is asked once nothing newer came for so long; the first one at once. */
  readonly pauseMs: number;
}

/** A newer question aborts the older call; where calls come back, a refusal with a time is asked again by itself. */
export function useAsk<Question, Answer>({
  question,
  ask,
  pauseMs,
}: AskOptions<Question, Answer>): Asked<Answer> {
  const calls = useCalls();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [refusal, setRefusal] = useState<CallRefusal | null>(null);
  const [asking, setAsking] = useState(question !== null);
  const [attempt, setAttempt] = useState(0);
  const isFirst = useRef(true);

  useEffect(() => {
    if (question === null) {
      setAsking(false);
      setRefusal(null);
      return;
    }
    const asked = question;
    const abort = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    setAsking(true);

    async function askNow(): Promise<void> {
      try {
        const reply = await ask(await calls.takeKey(abort.signal), asked, abort.signal);
        if (abort.signal.aborted) return;
        if (reply.kind === 'answer') {
          setAnswer(reply.answer);
          setRefusal(null);
        } else {
          if (isOfKey(reply.refusal)) calls.dropKey();
          show(reply.refusal);
        }
      } catch (error) {
        if (abort.signal.aborted) return;
        show({ ...refusalOf(error), requestId: null, retryAfterMs: refusalOf(error).retryAfterMs ?? null });
      }
      setAsking(false);
    }

    function show(refused: CallRefusal): void {
      setRefusal(refused);
      if (refused.retryAfterMs !== null && calls.comesBack)
        again = setTimeout(() => setAttempt((n) => n + 1), refused.retryAfterMs);
    }

    const timer = setTimeout(() => void askNow(), isFirst.current ? 0 : pauseMs);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      clearTimeout(again);
      abort.abort();
    };
  }, [question, attempt, calls, ask, pauseMs]);

  return { answer, refusal, asking };
}

/** Another key may do: this one has ended, or is of a time when there was less to call. */
function isOfKey({ code }: CallRefusal): boolean {
  return code.endsWith('_api_key') || code === 'scope_missing';
}
