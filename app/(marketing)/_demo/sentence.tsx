'use client';
import type { CSSProperties } from 'react';
import { signed } from '../../_format/number.ts';
import type { DemoAnswer } from './ask-sentiment.ts';
import { contributionsOf, wordsOf } from './leave-out.ts';

interface SentenceProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly answer: DemoAnswer | null;
  readonly stale: boolean;
}

/** From here on the figure is printed beside its bar; a bar of this size fills half its height. */
const printedFrom = 0.1;
const fullScaleMin = 0.2;
const charactersMax = 600;

/** The sentence is the chart: what is typed lies over a mirror of itself, whose words carry their bars. */
export function Sentence({ text, onChange, answer, stale }: SentenceProps) {
  const words = wordsOf(text);
  const answered = answer ? wordsOf(answer.text) : [];
  const contributions = answer ? contributionsOf(answer.data) : [];
  const fullScale = Math.max(fullScaleMin, ...contributions.map(Math.abs));

  return (
    <div className={stale ? 'sentence stale' : 'sentence'}>
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
