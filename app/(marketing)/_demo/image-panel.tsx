'use client';
import Link from 'next/link';
import type { ImageAnswer } from '../../_calls/ask-images.ts';
import { CallRefusalNote } from '../../_calls/call-refusal-note.tsx';
import { ImageReadings } from '../../_calls/image-readings.tsx';
import { PictureChoice } from '../../_calls/picture-choice.tsx';
import { Slip } from '../../_components/slip.tsx';
import { exactMoney } from '../../_format/money.ts';
import { count, fixed, plural } from '../../_format/number.ts';
import type { ImageDemo } from './use-image-demo.ts';

const shownIdCharacters = 16;

export function ImagePanel({ demo }: { demo: ImageDemo }) {
  const { picture, answer, refusal, asking } = demo;
  const stale = answer !== null && (asking || refusal !== null || answer.picture !== picture);
  const reading = answer?.data[0] ?? null;
  const best = reading?.scores[0];

  return (
    <div className="demo">
      <PictureChoice {...demo} answered={answer !== null && answer.picture === picture && !refusal} />
      <div className="min-w-0">
        <div className={stale ? 'opacity-50' : undefined}>
          <ImageReadings reading={reading} />
          <p className="text-small text-ink-3 mt-3.5 mb-4.5">
            The 5 most probable of 1,000 labels. <Link href="/docs/images">How to call it</Link>
          </p>
        </div>
        <output className="sr-only">{best && !stale && `${best.label}, ${fixed(best.score, 2)}`}</output>
        <CallRefusalNote refusal={refusal} />
        <div className={stale ? 'opacity-50' : undefined}>
          <ImageSlip answer={answer} />
        </div>
      </div>
    </div>
  );
}

function ImageSlip({ answer }: { answer: ImageAnswer | null }) {
  const kept = [
    ['input kept', 'no'],
    ['output kept', 'no'],
  ] as const;
  if (!answer) {
    return (
      <Slip
        reference="not called yet"
        lines={[['pictures', '—'], ['there and back', '—'], ...kept]}
        sum={['charged', '—']}
      />
    );
  }
  const { id, model, usage, roundTripMs } = answer;
  return (
    <Slip
      reference={<span title={id}>{id.slice(0, shownIdCharacters)}…</span>}
      lines={[
        [model, plural(usage.images, 'picture')],
        ['units', count(usage.units)],
        ['there and back', `${count(roundTripMs)} ms`],
        ...kept,
      ]}
      sum={['charged', exactMoney(usage.price_micro_usd)]}
    />
  );
}
