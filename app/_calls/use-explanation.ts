'use client';
import { useState } from 'react';
import type { CallRefusal } from './ask-api.ts';
import { askExplanation, type ExplanationQuestion, type PictureExplanation } from './ask-explanation.ts';
import type { Picture } from './ask-images.ts';
import { useAsk } from './use-ask.ts';

export interface Explanation {
  /** Of the picture that is shown. */
  readonly answer: PictureExplanation | null;
  readonly refusal: CallRefusal | null;
  readonly asking: boolean;
  /** Whether it is what lies over the picture, or will once it is there. */
  readonly shown: boolean;
  readonly show: () => void;
  readonly hide: () => void;
}

/** Asked for once somebody wants to see it: it costs many runs of the model. */
export function useExplanation(picture: Picture | null): Explanation {
  const [question, setQuestion] = useState<ExplanationQuestion | null>(null);
  const [shownOf, setShownOf] = useState<Picture | null>(null);
  const isOfPicture = picture !== null && question?.picture === picture;
  const asked = useAsk({ question: isOfPicture ? question : null, ask: askExplanation, pauseMs: 0 });
  const answer = asked.answer?.picture === picture ? asked.answer : null;

  function show(): void {
    setShownOf(picture);
    if (picture && !answer && !(isOfPicture && asked.asking)) setQuestion({ picture });
  }

  return {
    answer,
    refusal: isOfPicture ? asked.refusal : null,
    asking: isOfPicture && asked.asking,
    shown: picture !== null && shownOf === picture,
    show,
    hide: () => setShownOf(null),
  };
}
