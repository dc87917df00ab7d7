'use client';
import { useEffect, useState } from 'react';
import { imageLimits } from '#server/domain/rate-limits/schema.ts';
import { count } from '../../_format/number.ts';
import type { DemoRefusal } from './ask-api.ts';
import { askImages, type ImageAnswer, type Picture } from './ask-images.ts';
import { type Asked, useAsk } from './use-ask.ts';
import { type Explanation, useExplanation } from './use-explanation.ts';

export const samplePictures: readonly Picture[] = ['Cat', 'Coffee', 'Rocket'].map((name) => ({
  name,
  url: `/samples/${name.toLowerCase()}.jpg`,
  file: null,
}));

export interface ImageDemo extends Asked<ImageAnswer> {
  readonly picture: Picture | null;
  readonly explanation: Explanation;
  readonly choose: (picture: Picture) => void;
  readonly chooseFile: (file: File) => void;
}

const mebibyte = 1024 * 1024;

/** Asks about the first sample once somebody looks, then about what is chosen. */
export function useImageDemo({ shown }: { readonly shown: boolean }): ImageDemo {
  const [chosen, setChosen] = useState<Picture | null>(null);
  const [opened, setOpened] = useState(shown);
  if (shown && !opened) setOpened(true);
  const picture = chosen ?? (opened ? (samplePictures[0] ?? null) : null);
  const tooLarge = picture?.file ? tooLargeToSend(picture.file) : null;
  const asked = useAsk({ question: tooLarge ? null : picture, ask: askImages, pauseMs: 0 });
  const explanation = useExplanation(picture);

  useEffect(() => {
    if (chosen?.file) return () => URL.revokeObjectURL(chosen.url);
  }, [chosen]);

  return {
    ...asked,
    refusal: tooLarge ?? asked.refusal,
    picture,
    explanation,
    choose: setChosen,
    chooseFile: (file) => setChosen({ name: file.name, url: URL.createObjectURL(file), file }),
  };
}

/** Said here, without sending it first. */
function tooLargeToSend({ size }: File): DemoRefusal | null {
  if (size <= imageLimits.pictureBytesMax) return null;
  const message = `The picture has ${count(Math.ceil(size / mebibyte))} MiB, and the API takes ${count(imageLimits.pictureBytesMax / mebibyte)}. Choose a smaller one.`;
  return { message, code: 'payload_too_large', requestId: null, retryAfterMs: null };
}
