'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Fragment } from 'react';
import { docsPages } from './docs-pages.ts';
import { usePageSections } from './use-page-sections.ts';

export function DocsTree() {
  const path = usePathname();
  const sections = usePageSections(path);
  const groups = [...new Set(docsPages.map((page) => page.group))];
  return (
    <nav className="tree" aria-label="Docs">
      {groups.map((group) => (
        <div key={group}>
          <h2>{group}</h2>
          {docsPages
            .filter((page) => page.group === group)
            .map(({ href, title }) => (
              <Fragment key={href}>
                <Link href={href} aria-current={path === href ? 'page' : undefined}>
                  {title}
                </Link>
                {path === href &&
                  sections.map((section) => (
                    <a key={section.id} className="part" href={`#${section.id}`}>
                      {section.title}
                    </a>
                  ))}
              </Fragment>
            ))}
        </div>
      ))}
    </nav>
  );
}
