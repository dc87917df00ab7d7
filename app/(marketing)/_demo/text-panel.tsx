'use client';
import Link from 'next/link';
import type { TextAnswer } from '../../_calls/ask-text.ts';
import { CallRefusalNote } from '../../_calls/call-refusal-note.tsx';
import { Slip } from '../../_components/slip.tsx';
import { TextArea } from '../../_components/text-area.tsx';
import { exactMoney } from '../../_format/money.ts';
import { count, plural } from '../../_format/number.ts';
import { samplePrompts, type TextDemo } from './use-text-demo.ts';

const shownIdCharacters = 16;
const charactersMax = 600;

export function TextPanel({ demo }: { demo: TextDemo }) {
  const { prompt, setPrompt, written, write, stop, answer, refusal, asking } = demo;
  return (
    <div className="demo">
      <form
        className="flex flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (prompt.trim() !== '') write();
        }}
      >
        <label className="label text-ink-2" htmlFor="prompt">
          What to write
        </label>
        <TextArea
          id="prompt"
          className="input mt-2 !h-auto py-2"
          rows={2}
          maxLength={charactersMax}
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
        />
        <div className="mt-3 flex flex-wrap items-center gap-2">
          {asking ? (
            <button type="button" className="btn edged" onClick={stop}>
              Stop
            </button>
          ) : (
            <button type="submit" className="btn primary" disabled={prompt.trim() === ''}>
              Write
            </button>
          )}
        </div>
        <output
          className="mt-4 min-h-40 whitespace-pre-wrap"
          aria-label="What was written"
          aria-busy={asking}
        >
          {written}
        </output>
        <p className="text-dense mt-auto flex flex-wrap gap-x-3.5 gap-y-1 pt-4">
          <span className="text-ink-3">Try</span>
          {samplePrompts.map((sample) => (
            <button
              key={sample}
              type="button"
              className="text-petrol hover:text-petrol-hover underline underline-offset-3"
              onClick={() => setPrompt(sample)}
            >
              {sample}
            </button>
          ))}
        </p>
      </form>
      <div className="min-w-0">
        <p className="text-small text-ink-3 mb-4.5">
          Piece by piece, as the model writes it. It is small, and knows little of the world.{' '}
          <Link href="/docs/text">How to call it</Link>
        </p>
        <CallRefusalNote refusal={refusal} />
        <div className={asking ? 'opacity-50' : undefined}>
          <TextSlip answer={answer} />
        </div>
      </div>
    </div>
  );
}

function TextSlip({ answer }: { answer: TextAnswer | null }) {
  const kept = [
    ['input kept', 'no'],
    ['output kept', 'no'],
  ] as const;
  if (!answer) {
    return (
      <Slip
        reference="not called yet"
        lines={[['tokens', '—'], ['first words', '—'], ['there and back', '—'], ...kept]}
        sum={['charged', '—']}
      />
    );
  }
  const { id, model, usage, firstWordsMs, wholeMs } = answer;
  return (
    <Slip
      reference={<span title={id}>{id.slice(0, shownIdCharacters)}…</span>}
      lines={[
        [model, `${plural(usage.input_tokens, 'token')} read`],
        ['written', plural(usage.output_tokens, 'token')],
        ['first words', `${count(firstWordsMs)} ms`],
        ['there and back', `${count(wholeMs)} ms`],
        ...kept,
      ]}
      sum={['charged', exactMoney(usage.price_micro_usd)]}
    />
  );
}
