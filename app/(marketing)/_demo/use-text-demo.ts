'use client';
import { useCallback, useState } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { askText, type TextAnswer, type TextQuestion } from '../../_calls/ask-text.ts';
import { type Asked, useAsk } from '../../_calls/use-ask.ts';

export const samplePrompts = [
  'Write two sentences about a lighthouse.',
  'Name three things to do on a rainy day.',
  'Explain what a ledger is to a child.',
] as const;

const tokensMax = 120;

export interface TextDemo extends Asked<TextAnswer> {
  readonly prompt: string;
  readonly setPrompt: (prompt: string) => void;
  /** What is there so far. */
  readonly written: string;
  readonly write: () => void;
  readonly stop: () => void;
}

/** Asks when told to: a text costs more than a reading. Stopping hangs up, and the model stops too. */
export function useTextDemo(): TextDemo {
  const [prompt, setPrompt] = useState<string>(samplePrompts[0]);
  const [question, setQuestion] = useState<TextQuestion | null>(null);
  const [written, setWritten] = useState('');
  const ask = useCallback(
    (key: ShortLivedKey, asked: TextQuestion, signal: AbortSignal) =>
      askText(key, asked, signal, ({ text }) => !signal.aborted && setWritten(text)),
    [],
  );
  return {
    ...useAsk({ question, ask, pauseMs: 0 }),
    prompt,
    setPrompt,
    written,
    write() {
      const asked = prompt.trim();
      const messages = [{ role: 'user', content: asked }];
      setQuestion({ body: { messages, max_tokens: tokensMax }, prompt: asked });
    },
    stop: () => setQuestion(null),
  };
}
