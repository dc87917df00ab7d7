'use client';
import { useEffect, useState } from 'react';
import { type TextExplanationMethod, textExplanationMethods } from '#server/domain/explanations/schema.ts';
import {
  askTextExplanation,
  type TextExplanation,
  type TextExplanationQuestion,
} from '../../../../_calls/ask-text-explanation.ts';
import { askTexts, type TextsAnswer, type TextsQuestion } from '../../../../_calls/ask-texts.ts';
import { type Asked, useAsk } from '../../../../_calls/use-ask.ts';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { count, plural } from '../../../../_format/number.ts';
import { jsonRequestCode } from '../../../../_samples/request-code.ts';
import type { PanelRun } from './call-of-panel.ts';
import { type NumberParam, useNumberParam } from './number-param.tsx';
import type { NoteRun } from './use-runs.ts';

export interface Why extends Asked<TextExplanation> {
  readonly method: TextExplanationMethod;
  readonly setMethod: (method: TextExplanationMethod) => void;
  readonly explain: (text: string) => void;
}

export interface SentimentState extends PanelRun {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly abstain: NumberParam;
  readonly asked: Asked<TextsAnswer>;
  readonly why: Why;
}

const firstText = 'The battery died twice, but support replaced it within a day.';

export function useSentimentRun({ apiUrl, note }: { apiUrl: string; note: NoteRun }): SentimentState {
  const [text, setText] = useState(firstText);
  const [question, setQuestion] = useState<TextsQuestion | null>(null);
  const abstain = useNumberParam('abstain', { min: 0, max: 1 });
  const asked = useAsk({ question, ask: askTexts, pauseMs: 0 });
  const why = useWhy();
  const texts = textsIn(text);
  const body = {
    input: texts.length === 1 ? texts[0] : texts,
    ...(typeof abstain.value === 'number' && { abstain_below: abstain.value }),
  };
  const { answer, refusal, asking } = asked;

  useEffect(() => {
    if (!answer) return;
    const [first] = answer.data;
    note({
      id: answer.id,
      task: 'Sentiment',
      input: answer.texts.length === 1 ? (answer.texts[0] ?? '') : plural(answer.texts.length, 'text'),
      answer: answer.texts.length === 1 ? (first?.label ?? 'abstained') : 'see each',
      score: answer.texts.length === 1 ? (first?.score ?? null) : null,
      units: answer.usage.units,
      priceMicroUsd: answer.usage.price_micro_usd,
    });
  }, [answer, note]);
  useEffect(() => {
    if (!why.answer) return;
    const { id, input, label, method, usage } = why.answer;
    note({
      id,
      task: 'Sentiment',
      input: `Why: ${input}`,
      answer: `${label}, by ${method}`,
      score: null,
      units: usage.units,
      priceMicroUsd: usage.price_micro_usd,
    });
  }, [why.answer, note]);

  return {
    text,
    setText,
    abstain,
    asked,
    why,
    canRun: texts.length > 0 && abstain.value !== null,
    running: asking,
    stop: null,
    run: () => setQuestion({ texts, body }),
    code: jsonRequestCode(apiUrl, { path: '/v1/sentiment', body }),
    call: answer && {
      id: answer.id,
      lines: [
        [answer.model, plural(answer.texts.length, 'text')],
        [plural(answer.usage.input_tokens, 'token'), plural(answer.usage.units, 'unit')],
        ['there and back', `${count(answer.roundTripMs)} ms`],
      ],
      priceMicroUsd: answer.usage.price_micro_usd,
      raw: answer.raw,
    },
    stale: answer !== null && (asking || refusal !== null || answer.texts.join('\n') !== texts.join('\n')),
  };
}

/** One a line. */
function textsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Asked for once somebody wants to see it: it costs many runs of the model. */
function useWhy(): Why {
  const [given, setMethod] = useUrlParam('method');
  const method = textExplanationMethods.find((one) => one === given) ?? textExplanationMethods[0];
  const [question, setQuestion] = useState<TextExplanationQuestion | null>(null);
  const asked = useAsk({ question, ask: askTextExplanation, pauseMs: 0 });
  return {
    ...asked,
    method,
    setMethod: (next) => setMethod(next === textExplanationMethods[0] ? null : next),
    explain: (input) => setQuestion({ input, method }),
  };
}
