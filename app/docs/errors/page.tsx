import type { Metadata } from 'next';
import Link from 'next/link';
import {
  generationLimits,
  imageLimits,
  outboundLimits,
  requestLimits,
} from '#server/domain/rate-limits/schema.ts';
import { Scroller, ScrollingCode } from '../../_components/scroller.tsx';
import { Ledger } from '../../_components/slip.tsx';
import { count } from '../../_format/number.ts';
import { Section } from '../section.tsx';
import { errorRows } from './error-rows.ts';

export const metadata: Metadata = { title: 'Errors and limits' };

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export default function ErrorsPage() {
  return (
    <>
      <h1>Errors and limits</h1>
      <p className="lead">
        A status, a code of a closed set, a sentence that says what to do. A refused call costs nothing.
      </p>
      <ScrollingCode className="code p-4 text-dense max-w-2xl overflow-x-auto" label="The shape of an error">
        {'{"error": {"message": …, "type": …, "param": …, "code": …}}'}
      </ScrollingCode>
      <p>
        Every answer, an error too, has an <code>x-request-id</code>. Go by <code>code</code>; the sentence
        may be worded better one day. On the paths of Hugging Face’s clients an error has{' '}
        <Link href="/docs/hugging-face#errors">their shape</Link>, with the same codes.
      </p>
      <Section id="codes" title="Codes">
        <Scroller label="Codes">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Status</th>
                <th scope="col">Code</th>
                <th scope="col">What happened</th>
                <th scope="col" className="max-md:hidden">
                  What to do
                </th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(errorRows).map(([code, { status, meaning, todo }]) => (
                <tr key={code}>
                  <td>{status}</td>
                  <th scope="row">
                    <code className="max-md:text-[0.6875rem]">{code}</code>
                  </th>
                  <td>
                    {meaning}
                    <span className="text-ink-2 md:hidden"> {todo}</span>
                  </td>
                  <td className="max-md:hidden">{todo}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      </Section>
      <Section id="limits" title="Limits of one call">
        <Ledger
          className="max-w-xl"
          lines={[
            ['Body with texts', `${count(requestLimits.bodyBytesMax / kibibyte)} KiB`],
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
          Calls and units a minute, and calls at once, are the plan’s: see{' '}
          <Link href="/pricing">pricing</Link>. They hold over all servers together. Each answer says what is
          left:
        </p>
        <Ledger
          className="max-w-2xl"
          lines={[
            [<code key="a">ratelimit-policy, ratelimit</code>, 'calls and units, as in the IETF’s draft'],
            [<code key="b">x-ratelimit-*-requests</code>, 'calls: limit, remaining, reset'],
            [<code key="c">x-ratelimit-*-tokens</code>, 'units: limit, remaining, reset'],
            [<code key="d">retry-after</code>, 'on 429: seconds to wait'],
            [<code key="e">x-should-retry: false</code>, 'waiting does not help'],
          ]}
        />
      </Section>
    </>
  );
}
