'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { sitePlaces } from './site-places.ts';

export function SiteLinks() {
  const path = usePathname();
  // The nearest: the documents' page of privacy is a place of its own.
  const [place] = sitePlaces
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .toSorted((a, b) => b.href.length - a.href.length);
  return sitePlaces.map(({ name, href }) => (
    <Link key={href} href={href} aria-current={href === place?.href ? partOf(path, href) : undefined}>
      {name}
    </Link>
  ));
}

function partOf(path: string, href: string): 'page' | 'true' {
  return path === href ? 'page' : 'true';
}
