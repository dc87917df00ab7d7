'use client';
import { useEffect, useState } from 'react';
import { imageLimits } from '#server/domain/rate-limits/schema.ts';
import { askImages, type ImageAnswer, type ImageQuestion } from '../../../../_calls/ask-images.ts';
import { type Asked, useAsk } from '../../../../_calls/use-ask.ts';
import { type Explanation, useExplanation } from '../../../../_calls/use-explanation.ts';
import { type ChosenPicture, samplePictures, usePicture } from '../../../../_calls/use-picture.ts';
import { count, plural } from '../../../../_format/number.ts';
import { pictureRequestCode } from '../../../../_samples/request-code.ts';
import type { PanelRun } from './call-of-panel.ts';
import { type NumberParam, useNumberParam } from './number-param.tsx';
import { refusalOfPicture } from './refusal-of-picture.ts';
import type { NoteRun } from './use-runs.ts';

export interface ImageState extends PanelRun {
  readonly choice: ChosenPicture;
  readonly topK: NumberParam;
  readonly abstain: NumberParam;
  readonly asked: Asked<ImageAnswer>;
  readonly explanation: Explanation;
}

export function useImageRun({ apiUrl, note }: { apiUrl: string; note: NoteRun }): ImageState {
  const choice = usePicture(samplePictures[0]);
  const { chosen, tooLarge } = choice;
  const [question, setQuestion] = useState<ImageQuestion | null>(null);
  const topK = useNumberParam('top_k', { min: 1, max: imageLimits.topKMax, isWhole: true });
  const abstain = useNumberParam('abstain', { min: 0, max: 1 });
  const asked = useAsk({ question, ask: askImages, pauseMs: 0 });
  const explanation = useExplanation(chosen);
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
    const { id, picture, label, usage } = explanation.answer;
    note({
      id,
      task: 'Images',
      input: `What it looked at: ${picture.name}`,
      answer: label,
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
