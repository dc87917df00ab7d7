import type { Metadata } from 'next';
import Link from 'next/link';
import { brand } from '#server/domain/brand/brand.ts';
import { apiKeyLimits, playgroundLimits } from '#server/domain/rate-limits/schema.ts';
import { Section } from '../section.tsx';

export const metadata: Metadata = { title: 'Authentication' };

const minute = 60_000;

export default function AuthenticationPage() {
  return (
    <>
      <h1>Authentication</h1>
      <p className="lead">One header: the key as a bearer token.</p>
      <pre className="code p-4 text-dense max-w-2xl">Authorization: Bearer {brand.keyPrefix}_live_…</pre>
      <Section id="key" title="What a key is">
        <p>
          <code>{brand.keyPrefix}_live_</code>, a public id, a secret of 148 random bits, and a checksum. The
          checksum lets a mistyped key be refused without a look-up, and lets secret scanners be sure of what
          they found.
        </p>
        <p>
          We keep the SHA-256 of the key and nothing else of its secret. It is shown once, when it is made. If
          it is lost, rotate it.
        </p>
      </Section>
      <Section id="restrict" title="What a key may do">
        <p>
          All of this is chosen when a key is made, can be changed on its page in the console, and is in force
          from the next call, at every server. The audit log keeps who changed what.
        </p>
        <ul className="text-prose grid max-w-2xl list-[square] gap-2 pl-5">
          <li>
            <b className="font-medium">Scopes</b>: the paths that it may call. Others are{' '}
            <code>scope_missing</code>.
          </li>
          <li>
            <b className="font-medium">Models</b>: all, or those that you choose. Others are{' '}
            <code>model_not_allowed</code>, and <code>GET /v1/models</code> does not list them.
          </li>
          <li>
            <b className="font-medium">Addresses</b>: any, or up to {apiKeyLimits.addressesMax} IP addresses
            and networks, IPv4 or IPv6. From elsewhere it is <code>address_not_allowed</code>, with the
            address that we saw.
          </li>
          <li>
            <b className="font-medium">Calls and units a minute, calls at once</b>: the plan’s, or fewer.
          </li>
          <li>
            <b className="font-medium">A budget</b> a month: see{' '}
            <Link href="/docs/errors#budgets">budgets</Link>.
          </li>
        </ul>
      </Section>
      <Section id="rotate" title="Rotating">
        <p>
          Rotating gives the same key a new secret, shown once. The old one works on for as long as you
          choose, from not at all to {apiKeyLimits.overlapHoursMax / 24} days, so that programs can change
          over; it can be stopped before. Both share one limit, one budget and one line of usage. After the
          overlap the old one is answered with <code>expired_api_key</code>; without one, or stopped before,
          with <code>unknown_api_key</code>. An <code>Idempotency-Key</code> belongs to the secret that it was
          sent with: do not repeat a call with the other one.
        </p>
      </Section>
      <Section id="revoke" title="Revoking">
        <p>
          Every call asks the database for its key’s state. A key that was revoked fails on its next call,
          with <code>revoked_api_key</code>, at every server. Calls under way are answered.
        </p>
      </Section>
      <Section id="expiry" title="Expiry">
        <p>
          A key can be given a last day, when it is made or later. From then on it is answered with{' '}
          <code>expired_api_key</code>. The console marks it a week before.
        </p>
      </Section>
      <Section id="keep" title="Where to keep it">
        <p>
          On a server, in its environment or secret store. One key for each program, so that one can be
          revoked without the others.
        </p>
      </Section>
      <Section id="browsers" title="In a browser">
        <p>
          A key that names no origin is refused to pages, with <code>origin_not_allowed</code>, and a page
          that no key names gets no answer to its preflight, which browsers report as an error of CORS. To
          call from an app in the browser, give a key the app’s origins: <code>https://app.example.com</code>,
          up to {apiKeyLimits.originsMax}, each whole: without a path, and without a star, which stands for
          nothing. A change is seen within {apiKeyLimits.originsKeptMs / 1_000} s.
        </p>
        <p>
          Whoever opens the app can read such a key, and an origin is only what browsers say: programs can
          claim any. So give it the one scope and model that it needs, low limits and a hard budget.
        </p>
      </Section>
      <Section id="short-lived" title="Short-lived keys">
        <p>
          The console calls the same API from your browser. The playground takes a key for itself that lives{' '}
          {playgroundLimits.tokenLifetimeMs / minute} minutes, may call the models and read receipts, and is
          kept in the page’s memory alone; one for files and batches is taken where you start a batch there.
          Their calls are billed to the workspace like any other, and the usage page sums up all such keys as
          “Console”. Who only views a workspace gets none.
        </p>
      </Section>
      <Section id="refused" title="When it is refused">
        <p>
          A key that is missing, malformed, unknown, revoked or expired is answered with 401 and{' '}
          <code>www-authenticate: Bearer</code>. The code says which: see{' '}
          <Link href="/docs/errors">errors</Link>.
        </p>
      </Section>
    </>
  );
}
