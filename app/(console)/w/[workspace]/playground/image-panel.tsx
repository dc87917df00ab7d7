'use client';
import Link from 'next/link';
import { prices } from '#server/domain/billing/schema.ts';
import { explanationLimits, imageLimits } from '#server/domain/rate-limits/schema.ts';
import type { ImageReading } from '../../../../_calls/ask-images.ts';
import { CallRefusalNote } from '../../../../_calls/call-refusal-note.tsx';
import { ImageReadings } from '../../../../_calls/image-readings.tsx';
import { MethodChoice } from '../../../../_calls/method-choice.tsx';
import { PictureChoice } from '../../../../_calls/picture-choice.tsx';
import { useBroughtIntoView } from '../../../../_components/use-brought-into-view.ts';
import { Wait } from '../../../../_components/wait.tsx';
import { fixed } from '../../../../_format/number.ts';
import { abstainHelp, NumberField } from './number-param.tsx';
import { type ImageState, pictureMethods } from './use-image-run.ts';

const cells = explanationLimits.gridDefault ** 2;

export function ImagePanel({ state }: { state: ImageState }) {
  const { choice, topK, abstain, asked, explanation, method, setMethod, stale } = state;
  const { answer, refusal, asking } = asked;
  const answerPart = useBroughtIntoView<HTMLDivElement>(asking);
  const reading = answer?.data[0] ?? null;
  return (
    <>
      <div className="min-w-0">
        <div className="sec first">
          <h2>Picture</h2>
          <span className="end text-ink-3">{choice.chosen?.name}</span>
        </div>
        <PictureChoice
          picture={choice.chosen}
          explanation={explanation}
          answered={answer !== null && answer.picture === choice.chosen && !refusal}
          methodChoice={
            <MethodChoice
              methods={pictureMethods}
              method={method}
              part="cell"
              parts={cells}
              runMicroUsd={prices['image-classification'].microUsdPerInputUnit}
              choose={setMethod}
            />
          }
          choose={choice.choose}
          chooseFile={choice.chooseFile}
        />
        <div className="params mt-5">
          <NumberField
            label="Labels"
            param={topK}
            placeholder={String(imageLimits.topKDefault)}
            help="How many are named."
          />
          <NumberField label="Abstain below" param={abstain} placeholder="0" help={abstainHelp} />
        </div>
      </div>
      <div ref={answerPart} className="min-w-0 answer-part" aria-live="polite" aria-busy={asking}>
        <div className="sec first">
          <h2>Answer</h2>
          <span className="end text-ink-3">of 1,000 labels</span>
        </div>
        <CallRefusalNote refusal={refusal} />
        {!answer && !refusal && asking && <Wait>Looks</Wait>}
        {!answer && !refusal && !asking && (
          <p className="text-ink-2">
            {choice.chosen ? 'Not run yet.' : 'Choose a picture, then run it.'} It goes to the public API as
            it is, and is kept nowhere. <Link href="/docs/images">The reference</Link>
          </p>
        )}
        {answer && reading && (
          <div className={stale ? 'opacity-50' : undefined}>
            <Verdict reading={reading} />
            <ImageReadings reading={reading} rows={reading.scores.length} />
          </div>
        )}
      </div>
    </>
  );
}

function Verdict({ reading: { label, scores } }: { reading: ImageReading }) {
  const [best] = scores;
  return (
    <p className="verdict">
      {label === null ? <span className="st off">abstained</span> : <b>{label}</b>}
      <span>{best && fixed(best.score, 3)}</span>
    </p>
  );
}
