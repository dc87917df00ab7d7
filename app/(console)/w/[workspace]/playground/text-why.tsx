'use client';
import Link from 'next/link';
import type { TextExplanation } from '../../../../_calls/ask-text-explanation.ts';
import { CallRefusalNote } from '../../../../_calls/call-refusal-note.tsx';
import { type WordBar, WordBars } from '../../../../_calls/word-bars.tsx';
import { Wait } from '../../../../_components/wait.tsx';
import { exactMoney } from '../../../../_format/money.ts';
import { count, fixed } from '../../../../_format/number.ts';
import type { Why } from './use-sentiment-run.ts';

interface TextWhyProps {
  readonly why: Why;
  /** The text whose answer is shown. */
  readonly text: string;
  readonly mayCall: boolean;
}

/** What each word did, once it is asked for: many runs of the model, billed as such. */
export function TextWhy({ why, text, mayCall }: TextWhyProps) {
  const { answer, refusal, asking, method, explain } = why;
  const shown = answer?.input === text && answer.method === method ? answer : null;
  return (
    <>
      <div className="sec">
        <h2>Why</h2>
        {!shown && (
          <span className="end">
            <button
              type="button"
              className="btn edged"
              disabled={!mayCall || asking}
              onClick={() => explain(text)}
            >
              Explain
            </button>
          </span>
        )}
      </div>
      <CallRefusalNote refusal={refusal} />
      {asking && <Wait>Takes words out, and asks again</Wait>}
      {!shown && !asking && !refusal && (
        <p className="text-ink-2">What each word did for the answer: one run of the model a word or more.</p>
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
        Above the line: towards {label}. Below: away. Mean score with the strongest words taken out first{' '}
        {fixed(faithfulness.deletion_area, 2)}, put in first {fixed(faithfulness.insertion_area, 2)}.{' '}
        {count(runs)} runs, {count(usage.units)} units, {exactMoney(usage.price_micro_usd)}.{' '}
        <Link href="/docs/explanations">How to call it</Link>
      </p>
    </>
  );
}
