'use client';
import type { CSSProperties } from 'react';
import { signed } from '../../_format/number.ts';
import type { DemoAnswer } from './ask-sentiment.ts';
import { answerOf, contributionsOf, wordsOf } from './leave-out.ts';

interface SentenceProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly answer: DemoAnswer | null;
  readonly stale: boolean;
}

/** From here on the figure is printed beside its bar. */
const printedFrom = 0.1;
/** The tallest bar fills its height, but never makes more than this of less. */
const fullScaleMin = 0.1;
const charactersMax = 600;

/** The sentence is the chart: what is typed lies over a mirror of itself, whose words carry their bars. */
export function Sentence({ text, onChange, answer, stale }: SentenceProps) {
  const words = wordsOf(text);
  const answered = answer ? wordsOf(answer.text) : [];
  const contributions = answer ? contributionsOf(answer.data) : [];
  const reading = answer?.data[0];
  const towards = reading ? `to-${answerOf(reading)}` : '';
  const fullScale = Math.max(fullScaleMin, ...contributions.map(Math.abs));

  return (
    <div className={`sentence ${towards} ${stale ? 'stale' : ''}`}>
      <textarea
        aria-label="A sentence to read"
        value={text}
        maxLength={charactersMax}
        rows={1}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <div aria-hidden="true">
        {/^\s*/.exec(text)?.[0]}
        {words
          .map((word, index) => {
            const known = answered[index]?.text === word.text ? contributions[index] : undefined;
            return (
              <span
                key={`${index} ${word.text}`}
                className={known !== undefined && known < 0 ? 'neg' : undefined}
              >
                {word.text}
                {known !== undefined && (
                  <>
                    <u style={{ '--a': Math.abs(known) / fullScale } as CSSProperties} />
                    <i />
                    {Math.abs(known) >= printedFrom && <em>{signed(known, 2)}</em>}
                  </>
                )}
              </span>
            );
          })
          .flatMap((span, index) => [span, words[index]?.space ?? ''])}
        {'\u200b'}
      </div>
    </div>
  );
}
