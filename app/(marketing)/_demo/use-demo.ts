'use client';
import { useState } from 'react';
import { type Asked, useAsk } from '../../_calls/use-ask.ts';
import { askSentiment, type DemoAnswer } from './ask-sentiment.ts';

const pauseMs = 500;

export interface Demo extends Asked<DemoAnswer> {
  readonly text: string;
  readonly setText: (text: string) => void;
}

/** Asks when typing pauses. */
export function useDemo(initialText: string): Demo {
  const [text, setText] = useState(initialText);
  const asked = useAsk({ question: text.trim() || null, ask: askSentiment, pauseMs });
  return { text, setText, ...asked };
}
