'use client';
import { useMemo, useState } from 'react';
import { askImages, type ImageAnswer, type Picture } from '../../_calls/ask-images.ts';
import { type Asked, useAsk } from '../../_calls/use-ask.ts';
import { type Explanation, useExplanation } from '../../_calls/use-explanation.ts';
import { samplePictures, usePicture } from '../../_calls/use-picture.ts';

export interface ImageDemo extends Asked<ImageAnswer> {
  readonly picture: Picture | null;
  readonly explanation: Explanation;
  readonly choose: (picture: Picture) => void;
  readonly chooseFile: (file: File) => void;
}

/** Asks about the first sample once somebody looks, then about what is chosen. */
export function useImageDemo({ shown }: { readonly shown: boolean }): ImageDemo {
  const { chosen, tooLarge, choose, chooseFile } = usePicture();
  const [opened, setOpened] = useState(shown);
  if (shown && !opened) setOpened(true);
  const picture = chosen ?? (opened ? (samplePictures[0] ?? null) : null);
  const question = useMemo(() => picture && { picture, fields: {} }, [picture]);
  const asked = useAsk({ question: tooLarge ? null : question, ask: askImages, pauseMs: 0 });
  const explanation = useExplanation(picture);
  return { ...asked, refusal: tooLarge ?? asked.refusal, picture, explanation, choose, chooseFile };
}
