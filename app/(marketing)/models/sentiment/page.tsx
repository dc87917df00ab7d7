import type { Metadata } from 'next';
import Link from 'next/link';
import { Slip } from '../../../_components/slip.tsx';
import { count, fixed } from '../../../_format/number.ts';
import { calendarDate } from '../../../_format/time.ts';
import {
  evaluateCommand,
  measuredFigures,
  type SentimentMetrics,
  sentimentMetrics,
} from '../../../_measured/measured-figures.ts';
import { MeasuredTable } from '../../../_measured/measured-table.tsx';
import { modelCards } from '../../../_trpc/server.ts';
import { ModelHero } from '../model-hero.tsx';
import { Part } from '../part.tsx';
import { Steadiness } from './steadiness.tsx';

export const metadata: Metadata = {
  title: 'The sentiment model',
  description: 'What it does, how well, and where it fails.',
};

const megabyte = 1_000_000;
const digestCharacters = 8;

export default async function SentimentModelPage() {
  const metrics = sentimentMetrics(await modelCards());
  return (
    <>
      <ModelHero name={metrics?.id ?? 'Sentiment'}>
        English text in; negative, neutral or positive out, with a calibrated probability and the interval it
        was checked to.
      </ModelHero>
      <Part title="How well it does">
        <p className="lead">
          On dev rows that it was not trained on. Triangle: a bag of words trained on the same rows. Each
          calliper says how it was measured.
        </p>
        <MeasuredTable figures={metrics ? measuredFigures(metrics) : []} />
      </Part>
      <Part title="The version that answers">
        {metrics ? <Version metrics={metrics} /> : <p>Not measured yet.</p>}
      </Part>
      <Part title="How it is made">
        <div className="text-prose grid max-w-2xl gap-3">
          <p>
            All weights of all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0): 6 layers, 384 wide,
            fine-tuned by this project’s script on sentences of reviews, comments and tweets, and written to
            ONNX. No customer’s text was used.
          </p>
          {metrics && <p className="text-small text-ink-3">Trained with {metrics.engine}.</p>}
        </div>
      </Part>
      {metrics && (
        <Part title="What moves it that should not">
          <Steadiness metrics={metrics} />
        </Part>
      )}
      <Part title="Where it fails">
        <ul className="text-prose grid max-w-2xl list-[square] gap-2 pl-5">
          <li>English only. Other languages get an answer that means nothing.</li>
          <li>It was trained sentence by sentence: a long text with mixed opinions gets one label.</li>
          <li>Irony, negation across clauses and comparisons are often missed.</li>
          <li>“Neutral” mixes texts without an opinion and texts with two, and is the weakest label.</li>
          <li>Clinical, legal and financial language is not in what it has seen.</li>
        </ul>
      </Part>
      <Part title="What it is not for">
        <p className="text-prose max-w-2xl">
          Decisions about a person (hiring, credit, policing, health), and watching people’s moods. A score is
          what annotators would have agreed on, no fact about the writer.{' '}
          <Link href="/docs/sentiment">How to call it</Link>
        </p>
      </Part>
    </>
  );
}

function Version({ metrics }: { metrics: SentimentMetrics }) {
  const { ece, floatAgreement, latency } = metrics;
  return (
    <div className="max-w-md">
      <Slip
        title={metrics.version}
        reference={metrics.digest.slice(0, digestCharacters)}
        lines={[
          ['trained', calendarDate(new Date(metrics.trainedAt))],
          ['rows', count(metrics.trainedRows)],
          ['size', `${fixed(metrics.sizeBytes / megabyte, 1)} MB`],
          ['calibration error', `${fixed(ece.value, 3)} on ${count(ece.n)} rows`],
          ['against 32-bit floats', `${fixed(floatAgreement.value * 100, 1)} % same label`],
          [`${latency.tokens} tokens, ${latency.threads} thread`, `${fixed(latency.p50Ms, 1)} ms, median`],
        ]}
        sum={['again', evaluateCommand]}
      />
      <p className="text-small text-ink-3 mt-2">Time measured on {latency.processor}, tokenising included.</p>
    </div>
  );
}
