'use client';
import { useEffect, useState } from 'react';
import {
  type PictureExplanationMethod,
  pictureExplanationMethods,
} from '#server/domain/explanations/schema.ts';
import { imageLimits } from '#server/domain/rate-limits/schema.ts';
import { askImages, type ImageAnswer, type ImageQuestion } from '../../../../_calls/ask-images.ts';
import { type Asked, useAsk } from '../../../../_calls/use-ask.ts';
import { type Explanation, useExplanation } from '../../../../_calls/use-explanation.ts';
import { type ChosenPicture, samplePictures, usePicture } from '../../../../_calls/use-picture.ts';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { count, plural } from '../../../../_format/number.ts';
import { pictureRequestCode } from '../../../../_samples/request-code.ts';
import type { PanelRun } from './call-of-panel.ts';
import { type NumberParam, useNumberParam } from './number-param.tsx';
import { refusalOfPicture } from './refusal-of-picture.ts';
import type { NoteRun } from './use-runs.ts';

/** The one that costs least stands first. */
export const pictureMethods = [
  'grad-cam',
  ...pictureExplanationMethods.filter((method) => method !== 'grad-cam'),
] as const satisfies readonly PictureExplanationMethod[];

export interface ImageState extends PanelRun {
  readonly choice: ChosenPicture;
  readonly topK: NumberParam;
  readonly abstain: NumberParam;
  readonly asked: Asked<ImageAnswer>;
  readonly explanation: Explanation;
  readonly method: PictureExplanationMethod;
  readonly setMethod: (method: PictureExplanationMethod) => void;
}

export function useImageRun({ apiUrl, note }: { apiUrl: string; note: NoteRun }): ImageState {
  const choice = usePicture(samplePictures[0]);
  const { chosen, tooLarge } = choice;
  const [question, setQuestion] = useState<ImageQuestion | null>(null);
  const topK = useNumberParam('top_k', { min: 1, max: imageLimits.topKMax, isWhole: true });
  const abstain = useNumberParam('abstain', { min: 0, max: 1 });
  const asked = useAsk({ question, ask: askImages, pauseMs: 0 });
  const [givenMethod, setMethod] = useUrlParam('picture_method');
  const method = pictureMethods.find((one) => one === givenMethod) ?? pictureMethods[0];
  const explanation = useExplanation(chosen, method);
  const { answer, asking } = asked;
  const refusal = refusalOfPicture({
    chosen,
    tooLarge,
    asked: question?.picture ?? null,
    refusal: asked.refusal,
  });
  const fields = {
    ...(typeof topK.value === 'number' && { top_k: String(topK.value) }),
    ...(typeof abstain.value === 'number' && { abstain_below: String(abstain.value) }),
  };

  useEffect(() => {
    const reading = answer?.data[0];
    if (!answer || !reading) return;
    note({
      id: answer.id,
      task: 'Images',
      input: answer.picture.name,
      answer: reading.label ?? 'abstained',
      score: reading.scores[0]?.score ?? null,
      units: answer.usage.units,
      priceMicroUsd: answer.usage.price_micro_usd,
    });
  }, [answer, note]);
  useEffect(() => {
    if (!explanation.answer) return;
    const { id, picture, label, method: by, usage } = explanation.answer;
    note({
      id,
      task: 'Images',
      input: `What it looked at: ${picture.name}`,
      answer: `${label}, by ${by}`,
      score: null,
      units: usage.units,
      priceMicroUsd: usage.price_micro_usd,
    });
  }, [explanation.answer, note]);

  return {
    choice,
    topK,
    abstain,
    asked: { ...asked, refusal },
    explanation,
    method,
    setMethod: (next) => setMethod(next === pictureMethods[0] ? null : next),
    canRun: chosen !== null && !tooLarge && topK.value !== null && abstain.value !== null,
    running: asking,
    stop: null,
    run: () => chosen && setQuestion({ picture: chosen, fields }),
    code: pictureRequestCode(apiUrl, {
      path: '/v1/images/classify',
      fileName: (chosen?.file ? chosen.name : chosen?.url.split('/').at(-1)) ?? 'picture.jpg',
      fields,
    }),
    call: answer && {
      id: answer.id,
      lines: [
        [answer.model, plural(answer.usage.images, 'picture')],
        ['units', count(answer.usage.units)],
        ['there and back', `${count(answer.roundTripMs)} ms`],
      ],
      priceMicroUsd: answer.usage.price_micro_usd,
      raw: answer.raw,
    },
    stale: answer !== null && (asking || refusal !== null || answer.picture !== chosen),
  };
}
