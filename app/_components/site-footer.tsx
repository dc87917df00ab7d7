import Link from 'next/link';
import { docsPages } from '../docs/docs-pages.ts';
import { Wordmark } from './mark.tsx';
import { EdgeTicks } from './rule.tsx';
import { ThemeSegments } from './theme-choice.tsx';

export function SiteFooter() {
  return (
    <footer className="foot">
      <EdgeTicks />
      <div className="cols">
        <span className="wordmark">
          <Wordmark />
        </span>
        <nav aria-label="Documents">
          {docsPages.map(({ href, title }) => (
            <Link key={href} href={href}>
              {title}
            </Link>
          ))}
        </nav>
        <nav aria-label="Product">
          <Link href="/models">Models</Link>
          <Link href="/pricing">Pricing</Link>
          <Link href="/acceptable-use">Acceptable use</Link>
          <Link href="/sign-up">Get a key</Link>
          <Link href="/sign-in">Sign in</Link>
        </nav>
        <div>
          <ThemeSegments />
        </div>
      </div>
    </footer>
  );
}
