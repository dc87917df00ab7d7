'use client';
import { useEffect, useState } from 'react';
import { imageLimits } from '#server/domain/rate-limits/schema.ts';
import { count } from '../_format/number.ts';
import type { CallRefusal } from './ask-api.ts';
import type { Picture } from './ask-images.ts';

export const samplePictures: readonly Picture[] = ['Cat', 'Coffee', 'Rocket'].map((name) => ({
  name,
  url: `/samples/${name.toLowerCase()}.jpg`,
  file: null,
}));

export interface ChosenPicture {
  readonly chosen: Picture | null;
  /** Said here, without sending it first. */
  readonly tooLarge: CallRefusal | null;
  readonly choose: (picture: Picture) => void;
  readonly chooseFile: (file: File) => void;
}

const mebibyte = 1024 * 1024;

export function usePicture(first: Picture | null = null): ChosenPicture {
  const [chosen, setChosen] = useState(first);

  useEffect(() => {
    if (chosen?.file) return () => URL.revokeObjectURL(chosen.url);
  }, [chosen]);

  return {
    chosen,
    tooLarge: chosen?.file ? tooLargeToSend(chosen.file) : null,
    choose: setChosen,
    chooseFile: (file) => setChosen({ name: file.name, url: URL.createObjectURL(file), file }),
  };
}

function tooLargeToSend({ size }: File): CallRefusal | null {
  if (size <= imageLimits.pictureBytesMax) return null;
  const message = `The picture has ${count(Math.ceil(size / mebibyte))} MiB, and the API takes ${count(imageLimits.pictureBytesMax / mebibyte)}. Choose a smaller one.`;
  return { message, code: 'payload_too_large', requestId: null, retryAfterMs: null };
}
