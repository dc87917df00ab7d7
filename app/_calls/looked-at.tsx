'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Wait } from '../_components/wait.tsx';
import { exactMoney } from '../_format/money.ts';
import { count, fixed, signed } from '../_format/number.ts';
import type { PictureExplanation } from './ask-explanation.ts';
import { CallRefusalNote } from './call-refusal-note.tsx';
import { methodName } from './explanation-methods.ts';
import { faithfulnessSentence } from './faithfulness-sentence.ts';
import type { Explanation } from './use-explanation.ts';

interface LookedAtProps {
  readonly explanation: Explanation;
  /** Nothing to explain before the picture has an answer. */
  readonly answered: boolean;
  /** How it is explained, where that can be chosen. */
  readonly choice?: ReactNode;
}

/** Between the picture and what each of its cells did for the label, with the key to the colours. */
export function LookedAt({ explanation, answered, choice }: LookedAtProps) {
  const { answer, refusal, asking, shown, show, hide } = explanation;
  return (
    <div className="mt-3">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <fieldset className="seg" aria-label="What is shown">
          <button type="button" aria-pressed={!shown} onClick={hide}>
            Picture
          </button>
          <button type="button" aria-pressed={shown} disabled={!answered} onClick={show}>
            What it looked at
          </button>
        </fieldset>
        {choice}
        {shown && asking && <Wait>Takes cells out, and asks again</Wait>}
        {shown && answer && <Key answer={answer} />}
      </div>
      {shown && refusal && (
        <div className="mt-3">
          <CallRefusalNote refusal={refusal} />
        </div>
      )}
      {shown && answer && <HowFound answer={answer} />}
    </div>
  );
}

const strengths = [3, 2, 1] as const;

/** The colours of the map, which are those of the dark theme in both. By Grad-CAM nothing speaks against the label. */
function Key({ answer: { label, method, heat_map } }: { answer: PictureExplanation }) {
  const full = fixed(heat_map.full_value, 2);
  const against = method !== 'grad-cam';
  return (
    <p className="heat-key">
      <span>{against ? `against −${full}` : '0'}</span>
      <span data-theme="dark" aria-hidden="true">
        {against && strengths.map((strength) => <i key={strength} className={`against s${strength}`} />)}
        <i />
        {strengths.toReversed().map((strength) => (
          <i key={strength} className={`for s${strength}`} />
        ))}
      </span>
      <span>
        +{full} for {label}
      </span>
    </p>
  );
}

function HowFound({ answer }: { answer: PictureExplanation }) {
  const { data, grid, label, method, runs, usage, faithfulness, roundTripMs } = answer;
  const strongest = data.reduce((best, cell) => (cell.value > best.value ? cell : best));
  return (
    <>
      <p className="text-small text-ink-2 mt-2">
        {faithfulnessSentence({ label, part: 'cell', faithfulness })}
      </p>
      <p className="text-small text-ink-3 mt-1">
        {methodName(method, 'cell')}, on {grid} by {grid} cells. Strongest: row {strongest.row + 1}, column{' '}
        {strongest.column + 1}, {signed(strongest.value, 2)}
        {method === 'grad-cam' && ' of the logit'}. {count(runs)} runs, {count(roundTripMs)} ms,{' '}
        {exactMoney(usage.price_micro_usd)}. <Link href="/docs/explanations#pictures">How to call it</Link>
      </p>
    </>
  );
}
