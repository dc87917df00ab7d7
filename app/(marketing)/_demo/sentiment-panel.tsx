'use client';
import { CallRefusalNote } from '../../_calls/call-refusal-note.tsx';
import { Readings } from '../../_calls/readings.tsx';
import type { Reading } from '../../_calls/sentiment-answer.ts';
import { fixed } from '../../_format/number.ts';
import type { DemoAnswer } from './ask-sentiment.ts';
import { firstSentence, useSharedDemo } from './demo-context.tsx';
import { DemoSlip } from './demo-slip.tsx';
import { answerOf } from './leave-out.ts';
import { Sentence } from './sentence.tsx';

const samples = [
  { name: 'A mixed review', text: firstSentence },
  { name: 'Sarcasm', text: 'Great, another update that logs me out.' },
  { name: 'No opinion', text: 'The parcel arrives on Thursday between nine and eleven.' },
] as const;

export function SentimentPanel() {
  const { text, setText, answer, refusal, asking } = useSharedDemo();
  const isEmpty = text.trim() === '';
  const shown = isEmpty ? null : answer;
  const stale = shown !== null && (asking || refusal !== null || shown.text !== text.trim());
  const reading = shown?.data[0] ?? null;

  return (
    <div className="demo">
      <div className="flex flex-col">
        <p className="label text-ink-2">Type over this sentence</p>
        <Sentence text={text} onChange={setText} answer={shown} stale={stale} />
        <div className="mt-auto grid gap-2 pt-4">
          <p className="text-dense text-ink-3">
            {shown && reading ? captionOf(shown, reading) : 'Each bar is what the word did to the answer.'}
          </p>
          <p className="text-dense flex flex-wrap gap-x-3.5 gap-y-1">
            <span className="text-ink-3">Try</span>
            {samples.map((sample) => (
              <button
                key={sample.name}
                type="button"
                className="text-petrol hover:text-petrol-hover underline underline-offset-3"
                onClick={() => setText(sample.text)}
              >
                {sample.name}
              </button>
            ))}
          </p>
        </div>
      </div>
      <div className="min-w-0">
        <div className={stale ? 'opacity-50' : undefined}>
          <Readings reading={reading} />
          <p className="text-small text-ink-3 mt-3.5 mb-4.5">
            Pale end: 90 % interval of the accuracy observed at this confidence.
          </p>
        </div>
        <output className="sr-only">
          {reading && !stale && `${reading.label ?? 'no answer'}, ${fixed(reading.score, 2)}`}
        </output>
        <CallRefusalNote refusal={refusal} />
        <div className={stale ? 'opacity-50' : undefined}>
          <DemoSlip answer={shown} />
        </div>
      </div>
    </div>
  );
}

function captionOf({ texts }: DemoAnswer, reading: Reading): string {
  if (texts === 1) return 'One word, or more than 24: read whole, not word by word.';
  return `Each bar is what the word did to “${answerOf(reading)}”, found by leaving it out: ${texts} texts in one call.`;
}
