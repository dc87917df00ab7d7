import Link from 'next/link';
import { isSignedIn } from '../_trpc/server.ts';
import { Wordmark } from './mark.tsx';
import { SiteLinks } from './site-links.tsx';
import { SiteMenu } from './site-menu.tsx';

/** Of every public page. */
export async function SiteHeader() {
  const signedIn = await isSignedIn();
  return (
    <header className="nav">
      <Link className="wordmark" href="/">
        <Wordmark />
      </Link>
      <nav className="max-md:hidden" aria-label="Site">
        <SiteLinks />
      </nav>
      <span className="end">
        {signedIn ? (
          <Link className="btn primary" href="/w">
            Open the console
          </Link>
        ) : (
          <>
            <Link className="btn max-md:hidden" href="/sign-in">
              Sign in
            </Link>
            <Link className="btn primary" href="/sign-up">
              Get a key
            </Link>
          </>
        )}
        <SiteMenu signedIn={signedIn} />
      </span>
    </header>
  );
}
