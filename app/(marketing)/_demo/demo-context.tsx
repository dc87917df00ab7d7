'use client';
import { createContext, type ReactNode, useContext } from 'react';
import { CallsContext } from '../../_calls/calls-context.ts';
import { useDemoCalls } from './demo-tokens.ts';
import { type Demo, useDemo } from './use-demo.ts';

const DemoContext = createContext<Demo | null>(null);

export const firstSentence = 'The food was cold, but the staff were wonderful.';

/** One sentence and its answer for the whole page: the bench, the code sample and the costs show the same call. */
export function DemoProvider({ children }: { children: ReactNode }) {
  return (
    <CallsContext value={useDemoCalls()}>
      <SharedDemo>{children}</SharedDemo>
    </CallsContext>
  );
}

function SharedDemo({ children }: { children: ReactNode }) {
  return <DemoContext value={useDemo(firstSentence)}>{children}</DemoContext>;
}

export function useSharedDemo(): Demo {
  const demo = useContext(DemoContext);
  if (!demo) throw new Error('useSharedDemo is for what stands inside the DemoProvider');
  return demo;
}
