'use client';
import Link from 'next/link';
import { countTextParts, textExplanationMethods } from '#server/domain/explanations/schema.ts';
import { explanationLimits } from '#server/domain/rate-limits/schema.ts';
import type { TextExplanation } from '../../../../_calls/ask-text-explanation.ts';
import { CallRefusalNote } from '../../../../_calls/call-refusal-note.tsx';
import { faithfulnessSentence } from '../../../../_calls/faithfulness-sentence.ts';
import { MethodChoice } from '../../../../_calls/method-choice.tsx';
import { type WordBar, WordBars } from '../../../../_calls/word-bars.tsx';
import { Wait } from '../../../../_components/wait.tsx';
import { exactMoney } from '../../../../_format/money.ts';
import { count } from '../../../../_format/number.ts';
import type { Why } from './use-sentiment-run.ts';

interface TextWhyProps {
  readonly why: Why;
  /** The text whose answer is shown. */
  readonly text: string;
  readonly mayCall: boolean;
}

/** What each word did, once it is asked for: many runs of the model, billed as such. */
export function TextWhy({ why, text, mayCall }: TextWhyProps) {
  const { answer, refusal, asking, method, setMethod, explain } = why;
  const shown = answer?.input === text && answer.method === method ? answer : null;
  const tooLong = text.length > explanationLimits.textCharactersMax;
  const parts = countTextParts(text);
  return (
    <>
      <div className="sec">
        <h2>Why</h2>
        {!shown && (
          <span className="end">
            <button
              type="button"
              className="btn edged"
              disabled={!mayCall || asking || tooLong || parts === 0}
              onClick={() => explain(text)}
            >
              Explain
            </button>
          </span>
        )}
      </div>
      <MethodChoice
        methods={textExplanationMethods}
        method={method}
        part="word"
        parts={parts}
        choose={setMethod}
      />
      <CallRefusalNote refusal={refusal} />
      {asking && <Wait>Takes words out, and asks again</Wait>}
      {!shown && !asking && !refusal && (
        <p className="text-ink-2">
          {tooLong
            ? `A text of up to ${count(explanationLimits.textCharactersMax)} characters is explained; this one has ${count(text.length)}.`
            : 'What each word did for the answer. Each run reads the text again, and its tokens are charged.'}
        </p>
      )}
      {shown && <Explained explanation={shown} />}
    </>
  );
}

function Explained({ explanation }: { explanation: TextExplanation }) {
  const { input, data, label, runs, usage, faithfulness } = explanation;
  const words = data.map(
    ({ start, end, value }, index): WordBar => ({
      text: input.slice(start, end),
      space: input.slice(end, data[index + 1]?.start ?? end),
      value,
    }),
  );
  return (
    <>
      <div className={`sentence read to-${label}`}>
        <div>
          <WordBars words={words} />
        </div>
      </div>
      <p className="text-small text-ink-3 mt-2">
        Above the line: towards {label}. Below: away. {count(runs)} runs, {count(usage.units)} units,{' '}
        {exactMoney(usage.price_micro_usd)}. <Link href="/docs/explanations">How to call it</Link>
      </p>
      <p className="text-small text-ink-2 mt-1">
        {faithfulnessSentence({ label, part: 'word', faithfulness })}
      </p>
    </>
  );
}
