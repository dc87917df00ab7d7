'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { docsPages } from './docs-pages.ts';

export function DocsTree() {
  const path = usePathname();
  const groups = [...new Set(docsPages.map((page) => page.group))];
  return (
    <nav className="tree" aria-label="Docs">
      {groups.map((group) => (
        <div key={group}>
          <h2>{group}</h2>
          {docsPages
            .filter((page) => page.group === group)
            .map(({ href, title }) => (
              <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
                {title}
              </Link>
            ))}
        </div>
      ))}
    </nav>
  );
}
