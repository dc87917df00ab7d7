import type { ReactNode } from 'react';
import { SiteFooter } from '../_components/site-footer.tsx';
import { SiteHeader } from '../_components/site-header.tsx';
import { DocsNeighbours } from './docs-neighbours.tsx';
import { DocsTree } from './docs-tree.tsx';

export default function DocsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="land">
      <a className="btn primary skip" href="#content">
        To the content
      </a>
      <SiteHeader />
      <div className="docs">
        <DocsTree />
        <main id="content" tabIndex={-1} className="prose outline-none">
          {children}
          <DocsNeighbours />
        </main>
      </div>
      <SiteFooter />
    </div>
  );
}
