'use client';
import { WordBars } from '../../_calls/word-bars.tsx';
import { TextArea } from '../../_components/text-area.tsx';
import type { DemoAnswer } from './ask-sentiment.ts';
import { answerOf, contributionsOf, wordsOf } from './leave-out.ts';

interface SentenceProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly answer: DemoAnswer | null;
  readonly stale: boolean;
}

const charactersMax = 600;

/** The sentence is the chart: what is typed lies over a mirror of itself, whose words carry their bars. */
export function Sentence({ text, onChange, answer, stale }: SentenceProps) {
  const words = wordsOf(text);
  const answered = answer ? wordsOf(answer.text) : [];
  const contributions = answer ? contributionsOf(answer.data) : [];
  const reading = answer?.data[0];
  const towards = reading ? `to-${answerOf(reading)}` : '';

  return (
    <div className={`sentence ${towards} ${stale ? 'stale' : ''}`}>
      <TextArea
        aria-label="A sentence to read"
        value={text}
        maxLength={charactersMax}
        rows={1}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <div aria-hidden="true">
        {/^\s*/.exec(text)?.[0]}
        <WordBars
          words={words.map((word, index) => ({
            ...word,
            value: answered[index]?.text === word.text ? contributions[index] : undefined,
          }))}
        />
        {'\u200b'}
      </div>
    </div>
  );
}
