import type { Metadata } from 'next';
import Link from 'next/link';
import { brand } from '#server/domain/brand/brand.ts';
import { playgroundLimits } from '#server/domain/rate-limits/schema.ts';
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
          it is lost, make a new one and revoke the old one.
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
          A key can be given a last day when it is made. From then on it is answered with{' '}
          <code>expired_api_key</code>. The console marks it a week before.
        </p>
      </Section>
      <Section id="keep" title="Where to keep it">
        <p>
          On a server, in its environment or secret store. Never in a page or an app that others run: the API
          answers browsers only on this site’s own pages. One key for each program, so that one can be revoked
          without the others.
        </p>
      </Section>
      <Section id="short-lived" title="Short-lived keys">
        <p>
          The console’s playground calls the same API from your browser. It takes a key for itself that lives{' '}
          {playgroundLimits.tokenLifetimeMs / minute} minutes, may call the models and read receipts, and is
          kept in the page’s memory alone; its calls are billed to the workspace like any other. Who only
          views a workspace gets none.
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
