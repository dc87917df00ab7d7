import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { brand } from '#server/domain/brand/brand.ts';
import { headlineFigures, sentimentMetrics } from '../_measured/measured-figures.ts';
import { MeasuredTable } from '../_measured/measured-table.tsx';
import { modelCards } from '../_trpc/server.ts';
import { Bench } from './_demo/bench.tsx';
import { CallSample } from './_demo/call-sample.tsx';
import { DemoProvider } from './_demo/demo-context.tsx';
import { MonthCost } from './_demo/month-cost.tsx';
import { Retention } from './retention.tsx';

export const metadata: Metadata = { title: { absolute: `${brand.claim} ${brand.name}` } };

export default async function LandingPage() {
  const metrics = sentimentMetrics(await modelCards());
  return (
    <DemoProvider>
      <section className="hero">
        <h1>{brand.claim}</h1>
        <div className="say">
          <p>
            Sentiment, images and text over one HTTP API. Each answer says what it cost and what was kept,
            each reading how sure it is. A number that nobody measured is not on this page.
          </p>
          <p className="cta">
            <Link className="btn primary big" href="/sign-up">
              Get a key
            </Link>
            <Link className="btn edged big" href="/docs">
              Read the docs
            </Link>
          </p>
        </div>
      </section>

      <Bench />

      <section className="plain">
        <h2>What we measured, and how sure we are</h2>
        <div>
          <p className="lead">
            Every number we publish names the data it was measured on and the command that measures it again.
          </p>
          <MeasuredTable figures={metrics ? headlineFigures(metrics) : []} />
          <p className="text-ink-2 mt-4">
            <span className="max-md:hidden">Triangle: a bag of words trained on the same rows. </span>
            <Link href="/models/sentiment">The model’s card</Link>
          </p>
        </div>
      </section>

      <section className="plain ink" data-theme="dark">
        <h2>Every call returns a slip</h2>
        <CallSample apiUrl={apiUrl()} />
      </section>

      <section className="plain">
        <h2>Nothing you send is kept</h2>
        <Retention />
      </section>

      <section className="plain">
        <h2>What a month would cost</h2>
        <MonthCost />
      </section>
    </DemoProvider>
  );
}
