'use client';
import { useState } from 'react';
import { askSentiment, type DemoAnswer } from './ask-sentiment.ts';
import { type Asked, useAsk } from './use-ask.ts';

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
