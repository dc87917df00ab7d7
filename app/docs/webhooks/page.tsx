import type { Metadata } from 'next';
import Link from 'next/link';
import { retention, webhookLimits } from '#server/domain/rate-limits/schema.ts';
import { webhookEvents } from '#server/domain/webhooks/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { count } from '../../_format/number.ts';
import { webhookDelivery, webhookReceivers } from '../../_samples/webhook-calls.ts';
import { FieldTable } from '../field-table.tsx';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Webhooks' };

const dayMs = 24 * 60 * 60 * 1_000;
const { retryDelaysMs, timeoutMs, answerBytesMax, endpointsPerWorkspaceMax, waitingPerEndpointMax } =
  webhookLimits;

const example = {
  id: 'evt_019ab2f00c1e7d53a1c85f1f0f3f6f10',
  object: 'event',
  type: 'key.created',
  created_at: 1_795_657_051,
  data: webhookEvents['key.created'].example,
};

export default function WebhooksReferencePage() {
  return (
    <>
      <h1>Webhooks</h1>
      <p className="lead">
        When something happens in your workspace, we POST it to an address of yours: signed, and again until
        you have taken it. By the <a href="https://www.standardwebhooks.com">Standard Webhooks</a>{' '}
        specification, so its libraries verify it as they are, and so does OpenAI’s client.
      </p>
      <Section id="endpoint" title="An endpoint">
        <p>
          Owners, admins and developers make one in the console, under Webhooks: a public address over https
          and the events that it wants. Its secret, <code>whsec_…</code>, is shown once. “Send a test event”
          sends <code>webhook.test</code> and shows what you answered. A workspace has up to{' '}
          {endpointsPerWorkspaceMax} endpoints.
        </p>
      </Section>
      <Section id="verify" title="Verify, then answer">
        <p>
          Anybody can send to your address, so verify each request before you believe it: over the body as it
          came, not as you would write it again. Answer with 2xx within {timeoutMs / 1_000} s, and do what
          takes longer afterwards.
        </p>
        <CodeSample label="A receiver" variants={webhookReceivers()} />
        <p>
          With OpenAI’s client: <code>client.webhooks.unwrap(body, headers, secret)</code>.
        </p>
        <p>This is what we send, made by hand, to try a receiver on your own machine:</p>
        <CodeSample label="A delivery" variants={webhookDelivery()} />
        <FieldTable
          label="Headers of a delivery"
          head={['Header', 'Form', 'Meaning']}
          fields={[
            ['webhook-id', 'evt_…', 'The event. The same at each attempt and when it is sent again.'],
            ['webhook-timestamp', 'Unix seconds', 'When this attempt was made. Refuse what is 5 min old.'],
            [
              'webhook-signature',
              'v1,…',
              'HMAC-SHA256 of id.timestamp.body under the secret’s bytes, base64. Two of them with a space between while a rotation overlaps: one that fits is enough.',
            ],
          ]}
        />
      </Section>
      <Section id="events" title="Events">
        <FieldTable
          label="Fields of an event"
          fields={[
            ['id', 'string', 'As webhook-id.'],
            ['object', '"event"', ''],
            ['type', 'string', 'What happened: below.'],
            ['created_at', 'integer', 'When, in Unix seconds.'],
            ['data', 'object', 'What it happened to. Never an input or an output of a call.'],
          ]}
        />
        <FieldTable
          label="Types of events"
          head={['Type', 'data', 'When']}
          fields={Object.entries(webhookEvents).map(([type, { meaning, example: data }]) => [
            type,
            Object.keys(data).join(', '),
            meaning,
          ])}
        />
        <p>The body of one:</p>
        <CodeSample label="An event" variants={[{ name: 'body', code: JSON.stringify(example, null, 2) }]} />
      </Section>
      <Section id="retries" title="Attempts">
        <p>
          Any other answer than 2xx is a failure, a redirect too: it is not followed. We try again after{' '}
          {retryDelaysMs.map(inWords).join(', ')}, each a fifth more or less, and after what{' '}
          <code>Retry-After</code> asks for, or up to a fifth more, if that is longer, up to a day. What is
          not taken by then has failed.
        </p>
        <p>
          Events can come twice, when your answer did not reach us, and out of order. Take each{' '}
          <code>webhook-id</code> once, and read the state from the API where it matters.
        </p>
        <p>
          An endpoint that takes nothing through all attempts of an event is disabled, and so is one for which{' '}
          {count(waitingPerEndpointMax)} events wait, and at once one that answers 410. The workspace’s owners
          are mailed. Once it is enabled again it gets what happens from then on.
        </p>
      </Section>
      <Section id="log" title="The log">
        <p>
          The console shows each delivery for {retention.webhookEventsMs / dayMs} days: the body, each attempt
          with its status, and the first {answerBytesMax} bytes of your answer. “Send again” sends the same
          event under the same id.
        </p>
      </Section>
      <Section id="rotation" title="Rotating the secret">
        <p>
          Rotate it in the console. For a day, or a week, each delivery then carries two signatures, so the
          receiver can change over at any moment in between. A secret that has leaked is replaced without an
          overlap. We keep secrets encrypted.
        </p>
      </Section>
      <Section id="addresses" title="Where we send">
        <p>
          To public addresses on the ports 80 and 443 only, whatever a name resolves to at that moment. To
          develop, use a tunnel with a public name, or the delivery above.{' '}
          <Link href="/docs/privacy">Privacy of a call</Link>
        </p>
      </Section>
    </>
  );
}

function inWords(delayMs: number): string {
  const seconds = delayMs / 1_000;
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
}
