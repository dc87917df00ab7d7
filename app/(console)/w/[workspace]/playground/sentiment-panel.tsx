'use client';
import Link from 'next/link';
import { useState } from 'react';
import { requestLimits } from '#server/domain/rate-limits/schema.ts';
import { CallRefusalNote } from '../../../../_calls/call-refusal-note.tsx';
import { Readings } from '../../../../_calls/readings.tsx';
import type { Reading } from '../../../../_calls/sentiment-answer.ts';
import { TextArea } from '../../../../_components/text-area.tsx';
import { useBroughtIntoView } from '../../../../_components/use-brought-into-view.ts';
import { Wait } from '../../../../_components/wait.tsx';
import { count, fixed } from '../../../../_format/number.ts';
import { abstainHelp, NumberField } from './number-param.tsx';
import { Samples } from './samples.tsx';
import { TextWhy } from './text-why.tsx';
import type { SentimentState } from './use-sentiment-run.ts';

const samples = [
  { name: 'A mixed review', text: 'The battery died twice, but support replaced it within a day.' },
  { name: 'Sarcasm', text: 'Great, another update that logs me out.' },
  { name: 'No opinion', text: 'It arrived on Tuesday.' },
  {
    name: 'A list',
    text: 'I would buy it again.\nIt stopped working after a week.\nThe box is blue.\nSick beat, I could not sit still.',
  },
] as const;

export function SentimentPanel({ state, mayCall }: { state: SentimentState; mayCall: boolean }) {
  const { text, setText, abstain, asked, why, stale } = state;
  const { answer, refusal, asking } = asked;
  const answerPart = useBroughtIntoView<HTMLDivElement>(asking);
  const [chosen, choose] = useState(0);
  const index = answer && chosen < answer.data.length ? chosen : 0;
  const reading = answer?.data[index] ?? null;
  const read = answer?.texts[index] ?? null;

  return (
    <>
      <div className="min-w-0">
        <div className="sec first">
          <h2 id="texts">Texts</h2>
          <span className="end text-ink-3">
            {count(text.length)} of {count(requestLimits.textCharactersMax)} characters
          </span>
        </div>
        <TextArea
          className="input area"
          aria-labelledby="texts"
          aria-describedby="texts-help"
          rows={6}
          maxLength={requestLimits.textCharactersMax}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="help mt-1" id="texts-help">
          One text a line, up to {requestLimits.textsMax}.
        </p>
        <Samples
          samples={samples.map(({ name, text: sample }) => ({ name, choose: () => setText(sample) }))}
        />
        <div className="params">
          <NumberField label="Abstain below" param={abstain} placeholder="0" help={abstainHelp} />
        </div>
      </div>

      <div ref={answerPart} className="min-w-0 answer-part" aria-live="polite" aria-busy={asking}>
        <div className="sec first">
          <h2>Answer</h2>
          <span className="end text-ink-3">90 % interval, measured</span>
        </div>
        <CallRefusalNote refusal={refusal} />
        {!answer && !refusal && <Empty running={asking} />}
        {answer && reading && (
          <div className={stale ? 'opacity-50' : undefined}>
            <Verdict reading={reading} />
            <Readings reading={reading} />
            {answer.data.length > 1 && (
              <ul className="choices" aria-label="Texts that were read">
                {answer.data.map((one, at) => (
                  <li key={at}>
                    <button type="button" aria-pressed={at === index} onClick={() => choose(at)}>
                      <span>{answer.texts[at]}</span>
                      <b>{one.label ?? 'abstained'}</b>
                      <span className="num">{fixed(one.score, 3)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        {answer && read !== null && <TextWhy why={why} text={read} mayCall={mayCall} />}
      </div>
    </>
  );
}

function Verdict({ reading: { label, score } }: { reading: Reading }) {
  return (
    <p className="verdict">
      {label === null ? (
        <span className="st off">abstained</span>
      ) : (
        <b>{label.charAt(0).toUpperCase() + label.slice(1)}</b>
      )}
      <span>{fixed(score, 3)}</span>
    </p>
  );
}

function Empty({ running }: { running: boolean }) {
  if (running) return <Wait>Reads</Wait>;
  return (
    <p className="text-ink-2">
      Not run yet. Run calls the public API and costs what any call costs.{' '}
      <Link href="/docs/sentiment">The reference</Link>
    </p>
  );
}
