'use client';
import { useState } from 'react';
import type { PictureExplanationMethod } from '#server/domain/explanations/schema.ts';
import type { CallRefusal } from './ask-api.ts';
import { askExplanation, type ExplanationQuestion, type PictureExplanation } from './ask-explanation.ts';
import type { Picture } from './ask-images.ts';
import { useAsk } from './use-ask.ts';

export interface Explanation {
  /** Of the picture that is shown, by the method that is chosen. */
  readonly answer: PictureExplanation | null;
  readonly refusal: CallRefusal | null;
  readonly asking: boolean;
  /** Whether it is what lies over the picture, or will once it is there. */
  readonly shown: boolean;
  readonly show: () => void;
  readonly hide: () => void;
}

/** Asked for once somebody wants to see it: it costs many runs of the model. So does another method, which is asked for anew. */
export function useExplanation(
  picture: Picture | null,
  method: PictureExplanationMethod = 'occlusion',
): Explanation {
  const [question, setQuestion] = useState<ExplanationQuestion | null>(null);
  const [shownOf, setShownOf] = useState<ExplanationQuestion | null>(null);
  const isMeant = (one: ExplanationQuestion | null) => one?.picture === picture && one.method === method;
  const isAsked = isMeant(question);
  const asked = useAsk({ question: isAsked ? question : null, ask: askExplanation, pauseMs: 0 });
  const answer = isMeant(asked.answer) ? asked.answer : null;

  function show(): void {
    if (!picture) return;
    setShownOf({ picture, method });
    if (!answer && !(isAsked && asked.asking)) setQuestion({ picture, method });
  }

  return {
    answer,
    refusal: isAsked ? asked.refusal : null,
    asking: isAsked && asked.asking,
    shown: isMeant(shownOf),
    show,
    hide: () => setShownOf(null),
  };
}
