import type { Metadata } from 'next';
import Link from 'next/link';
import {
  feedbackLimits,
  fileLimits,
  idempotencyLimits,
  retention,
} from '#server/domain/rate-limits/schema.ts';
import { Ledger } from '../../_components/slip.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Privacy of a call' };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export default function PrivacyPage() {
  return (
    <>
      <h1>Privacy of a call</h1>
      <p className="lead">What you send is not kept, unless it is a file. What it cost is.</p>
      <Section id="way" title="The way of a text or a picture">
        <p>
          It arrives in a server’s memory, is read by the model on that same server, or on one of the
          operator’s own that stands behind it, and leaves as an answer. It is written to no database, no
          file, no queue and no log, and it is used for no training. When the answer has left, the memory is
          free for the next. A picture that is a URL is asked for with nothing of yours, and the URL is
          written down as little as the picture.
        </p>
      </Section>
      <Section id="row" title="What is written for a call">
        <Ledger
          className="max-w-xl"
          lines={[
            ['Request id, with its time', 'kept'],
            ['Workspace and key id', 'kept'],
            ['Task and model version', 'kept'],
            ['Class of the status: 2, 4 or 5', 'kept'],
            ['Units, price, milliseconds', 'kept'],
            [
              'With an Idempotency-Key: a MAC of it and of the call',
              `${idempotencyLimits.lifetimeMs / hourMs} hours`,
            ],
            ['Feedback, if your workspace has switched it on', `${feedbackLimits.keptDays} days`],
            ['The text, the picture, its URL', 'not written'],
            ['The answer', 'not written'],
            [
              'A file for a batch, and the file of its answers',
              `until you delete it, ${fileLimits.lifetimeMs / dayMs} days at the most`,
            ],
            [
              'A batch: its counts, times and metadata',
              `${retention.endedBatchesMs / dayMs} days after its end`,
            ],
            ['The address that a batch came from', 'until its end'],
          ]}
        />
        <p>
          The row is what you are billed by, so it has no end. The MACs are made with your API key, which is
          stored nowhere, so nobody can find out from them what was sent. Feedback is what your app sends to{' '}
          <Link href="/docs/feedback">/v1/feedback</Link> by itself: off until somebody switches it on, and
          deleted when it is switched off.
        </p>
      </Section>
      <Section id="files" title="How files are kept">
        <p>
          Encrypted with AES-256-GCM, in pieces that open in their order alone, under a key that each
          workspace has for itself. It follows from a secret of the operator, so the operator’s servers can
          open them: that is how they run your batch. Whoever has the folder of files alone can’t. What was
          changed or cut is not given out.
        </p>
      </Section>
      <Section id="proof" title="How it is tested">
        <p>
          A test of this code sends marked texts, pictures and URLs down every path, the ones that fail as
          well, and then searches the database, the files and the logs for the marks. It fails if one is
          found.
        </p>
      </Section>
      <Section id="account" title="What is written for an account">
        <p>
          The email address, a name if one was given, the password as a scrypt hash, and a row for each
          session with the browser’s name and when it was last seen. A key is kept as its SHA-256. For rate
          limits, an address is kept as a keyed hash.
        </p>
        <p>
          Where webhooks are set up: their addresses, their secrets encrypted, and for{' '}
          {retention.webhookEventsMs / dayMs} days each event that was sent with the beginning of what was
          answered. Events name keys and budgets, never what a call carried.
        </p>
      </Section>
      <Section id="choices" title="Not there yet">
        <p>
          Retention by choice, redaction, export and erasure of a workspace are not built yet. Until they are,
          nothing of an input or an answer is kept for anybody, but the files of batches and feedback.
          Feedback is stored as it was sent, not yet under a key of its workspace.
        </p>
      </Section>
    </>
  );
}
