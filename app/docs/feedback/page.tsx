import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { feedbackLimits } from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { feedbackCalls } from '../../_samples/feedback-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Feedback' };

const { labelCharactersMax, correctionCharactersMax, perWorkspaceMax, keptDays } = feedbackLimits;

export default function FeedbackReferencePage() {
  return (
    <>
      <h1>Feedback</h1>
      <p className="lead">
        What an answer should have been, kept beside the id of its request: to see later where a model is
        wrong for you.
      </p>
      <CodeSample label="An answer put right" variants={feedbackCalls(apiUrl())} />
      <Section id="switch" title="It is off until you switch it on">
        <p>
          A workspace keeps no feedback unless an owner or admin has switched it on in the console, under
          Settings. Until then every call is refused with <code>storage_not_allowed</code>, and nothing of it
          is stored.
        </p>
      </Section>
      <Section id="request" title="The request">
        <p>
          <code>POST /v1/feedback</code>, with either a label or a correction. Sent again for the same input,
          the last one stands, so a call may be repeated without harm. It costs nothing; it counts against the
          calls a minute. A key needs the scope <code>feedback</code>, which new keys have.
        </p>
        <FieldTable
          label="Fields of the request"
          fields={[
            ['request_id', 'string', 'The header x-request-id of an answer that this workspace got.'],
            ['index', 'integer', 'Which of the request’s inputs, as index in its answer. Left out: 0.'],
            [
              'label',
              'string',
              `The label that would have been right, up to ${labelCharactersMax} characters.`,
            ],
            [
              'correction',
              'string',
              `The text that should have been written, up to ${count(correctionCharactersMax)} characters.`,
            ],
          ]}
        />
        <p>
          The answer is the same fields, with <code>object</code>. A request that is not there, failed, or is
          of another workspace is <code>not_found</code>, each in the same words.
        </p>
      </Section>
      <Section id="kept" title="What is kept, and how long">
        <p>
          The label or the correction, the id of the request, the index and the time: up to{' '}
          {count(perWorkspaceMax)} of a workspace (more is <code>insufficient_quota</code>), each for{' '}
          {keptDays} days after it was last sent. Neither the input nor the answer is stored with it. No model
          is trained on it. Switching feedback off deletes all of it at once.{' '}
          <Link href="/docs/privacy">Privacy of a call</Link>
        </p>
      </Section>
    </>
  );
}
