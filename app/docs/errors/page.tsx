import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import {
  generationLimits,
  idempotencyLimits,
  imageLimits,
  outboundLimits,
  requestLimits,
} from '#server/domain/rate-limits/schema.ts';
import { CodeSample } from '../../_components/code-sample.tsx';
import { Scroller } from '../../_components/scroller.tsx';
import { Ledger } from '../../_components/slip.tsx';
import { count } from '../../_format/number.ts';
import { refusalAnswer } from '../../_samples/answers.ts';
import { retryCalls } from '../../_samples/retry-calls.ts';
import { AnswerSample } from '../answer-sample.tsx';
import { Section } from '../section.tsx';
import { errorRows } from './error-rows.ts';

export const metadata: Metadata = { title: 'Errors and limits' };

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const hourMs = 3_600_000;
const minuteMs = 60_000;

export default function ErrorsPage() {
  return (
    <>
      <h1>Errors and limits</h1>
      <p className="lead">
        A status, a code of a closed set, a sentence that says what to do. A refused call costs nothing.
      </p>
      <AnswerSample name="400" answer={refusalAnswer} />
      <p>
        Every answer, an error too, has an <code>x-request-id</code>. Go by <code>code</code>; the sentence
        may be worded better one day. On the paths of Hugging Face’s clients an error has{' '}
        <Link href="/docs/hugging-face#errors">their shape</Link>, with the same codes.
      </p>
      <Section id="codes" title="Codes">
        <Scroller label="Codes">
          <table className="table stacks">
            <thead>
              <tr>
                <th scope="col">Status</th>
                <th scope="col">Code</th>
                <th scope="col">What happened</th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(errorRows).map(([code, { status, meaning, todo }]) => (
                <tr key={code}>
                  <td>{status}</td>
                  <th scope="row">
                    <code>{code}</code>
                  </th>
                  <td className="full">{meaning}</td>
                  <td>{todo}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      </Section>
      <Section id="again" title="Sending a call again">
        <p>
          Give a call an <code>Idempotency-Key</code>, a name of your own of up to{' '}
          {idempotencyLimits.charactersMax} characters such as a UUID, and it can be sent again without being
          run or billed twice: for {idempotencyLimits.lifetimeMs / hourMs} hours, at every server, with the
          same API key. It may be quoted or not.
        </p>
        <CodeSample label="The same call twice" variants={retryCalls(apiUrl())} />
        <ul className="text-prose grid max-w-2xl list-[square] gap-2 pl-5">
          <li>
            Of calls at the same time one runs; the others are <code>idempotency_key_in_use</code>.
          </li>
          <li>
            After it was answered, it is <code>already_completed</code>, with the{' '}
            <Link href="/docs/usage#receipts">receipt</Link> in the error. The answer is not kept, so it can’t
            be given again: what was sent and answered is written nowhere.
          </li>
          <li>
            A call that failed was not billed, and its name may be sent again at once. Should a server of ours
            be lost in the middle of one, that takes up to {idempotencyLimits.claimMs / minuteMs} minutes.
          </li>
          <li>
            <Link href="/docs/batches">POST /v1/batches</Link> answers with the batch that the same call has
            made, as it is by now. Uploading a file again makes another file.
          </li>
          <li>
            Another body or path under the same name is <code>idempotency_key_reused</code>.
          </li>
        </ul>
      </Section>
      <Section id="limits" title="Limits of one call">
        <Ledger
          className="max-w-xl"
          lines={[
            ['Body with texts', `${count(requestLimits.bodyBytesMax / kibibyte)} KiB`],
            ['Strings, lists and objects in JSON', count(requestLimits.jsonPartsMax)],
            ['Texts', count(requestLimits.textsMax)],
            ['Characters in a text', count(requestLimits.textCharactersMax)],
            ['Time for it to arrive', `${requestLimits.bodyTimeoutMs / 1_000} s`],
            ['Messages of a conversation', count(generationLimits.messagesMax)],
            ['Time for a text to be written', `${generationLimits.timeoutMs / 1_000} s`],
            ['Body with pictures', `${count(imageLimits.bodyBytesMax / mebibyte)} MiB`],
            ['Pictures', count(imageLimits.picturesMax)],
            ['A picture', `${count(imageLimits.pictureBytesMax / mebibyte)} MiB`],
            ['Time for it to arrive', `${imageLimits.bodyTimeoutMs / 1_000} s`],
            ['Time to fetch its URLs', `${outboundLimits.timeoutMs / 1_000} s`],
          ]}
        />
      </Section>
      <Section id="rates" title="Limits of a minute">
        <p>
          Calls and units a minute, and calls at once, are the plan’s (see{' '}
          <Link href="/pricing">pricing</Link>
          ), for the workspace and for each key, which may have fewer. They hold over all servers together.
          Each answer says what is left, of the key or of the workspace, whichever has less. A call that is
          refused counts as a call and uses no units; lines of batches count as neither:
        </p>
        <Ledger
          className="max-w-2xl"
          lines={[
            [<code key="a">ratelimit-policy, ratelimit</code>, 'calls and units, as in the IETF’s draft'],
            [<code key="b">x-ratelimit-*-requests</code>, 'calls: limit, remaining, reset'],
            [<code key="c">x-ratelimit-*-tokens</code>, 'units: limit, remaining, reset'],
            [
              <code key="d">retry-after</code>,
              'on 409, 429 and 503, where waiting helps: for how many seconds',
            ],
            [<code key="e">x-should-retry: false</code>, 'waiting does not help'],
          ]}
        />
      </Section>
      <Section id="budgets" title="Budgets">
        <p>
          A workspace and each of its keys can have a budget of dollars a month, set in the console. It begins
          anew with the month, in UTC, and a change is in force from the next call.
        </p>
        <ul className="text-prose grid max-w-2xl list-[square] gap-2 pl-5">
          <li>
            A <b className="font-medium">hard</b> budget is never exceeded, at any number of servers: the most
            that a call can cost is held before it runs. What the rest does not cover is{' '}
            <code>budget_exceeded</code>; where calls under way hold the rest, the answer is{' '}
            <code>rate_limit_exceeded</code>, and a moment later there may be some left.
          </li>
          <li>
            A <b className="font-medium">soft</b> budget refuses nothing.
          </li>
          <li>
            Owners and admins get a mail at 50, 80 and 100 %, and your{' '}
            <Link href="/docs/webhooks">webhooks</Link> <code>budget.threshold_reached</code>, once each a
            month for a budget of that amount, within a minute or so. Of a hard budget the last one comes at
            99 %, since calls that cost more than its rest may leave it there.
          </li>
        </ul>
      </Section>
    </>
  );
}
