import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { CodeSample } from '../_components/code-sample.tsx';
import { firstAnswer } from '../_samples/answers.ts';
import { firstCalls } from '../_samples/first-calls.ts';
import { AnswerSample } from './answer-sample.tsx';
import { Section } from './section.tsx';

export const metadata: Metadata = { title: 'Quick start' };

export default function QuickStartPage() {
  const api = apiUrl();
  return (
    <>
      <h1>Quick start</h1>
      <p className="lead">A key, one call, and its price: three minutes.</p>
      <Section id="key" title="1. Take a key">
        <p>
          <Link href="/sign-up">Make an account</Link>, open the link in the mail, and create a key under API
          keys. It is shown once. Put it where your program reads its environment:
        </p>
        <CodeSample label="The key" variants={[{ name: 'shell', code: 'export MODELYARD_KEY=my_live_…' }]} />
      </Section>
      <Section id="call" title="2. Call">
        <p>
          The API is at <code>{api}</code>. Send one text, or a list of them.
        </p>
        <CodeSample label="The first call" variants={firstCalls(api)} />
      </Section>
      <Section id="answer" title="3. Read the answer">
        <p>
          Each text has a <code>label</code>, the probability of it as <code>score</code>, and an{' '}
          <code>interval</code>: how often answers this confident were right, on rows kept out of training.{' '}
          <code>usage</code> says what the call took and cost. The fields are in the{' '}
          <Link href="/docs/sentiment">reference</Link>.
        </p>
        <AnswerSample answer={firstAnswer} />
      </Section>
      <Section id="usage" title="4. See it metered">
        <p>
          The call stands in the console under Usage within two seconds, by key and by model. Every answer
          carries an <code>x-request-id</code>: quote it when something is wrong.
        </p>
      </Section>
      <Section id="openapi" title="The API as OpenAPI">
        <p>
          <a href={`${api}/v1/openapi.json`}>
            <code>{api}/v1/openapi.json</code>
          </a>{' '}
          describes every path, field and error in OpenAPI 3.1. Client generators read it as it is. A field
          that may be left out may also be null. The same to read: <Link href="/docs/paths">all paths</Link>.
        </p>
      </Section>
    </>
  );
}
