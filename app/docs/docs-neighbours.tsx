'use client';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { docsPages } from './docs-pages.ts';

/** The pages before and after, for who reads on: on phones there is no tree beside the page. */
export function DocsNeighbours() {
  const path = usePathname();
  const at = docsPages.findIndex(({ href }) => href === path);
  if (at < 0) return null;
  const before = docsPages[at - 1];
  const after = docsPages[at + 1];
  return (
    <nav className="neighbours" aria-label="Before and after">
      {before && (
        <Link href={before.href} rel="prev" className="inline-flex items-center gap-1.5">
          <ArrowLeft size={16} strokeWidth={1.5} aria-hidden />
          {before.title}
        </Link>
      )}
      {after && (
        <Link href={after.href} rel="next" className="inline-flex items-center gap-1.5">
          {after.title}
          <ArrowRight size={16} strokeWidth={1.5} aria-hidden />
        </Link>
      )}
    </nav>
  );
}
