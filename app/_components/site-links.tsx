'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { sitePlaces } from './site-places.ts';

export function SiteLinks() {
  const path = usePathname();
  return sitePlaces.map(({ name, href }) => (
    <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
      {name}
    </Link>
  ));
}
