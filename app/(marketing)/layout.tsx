import type { ReactNode } from 'react';
import { SiteFooter } from '../_components/site-footer.tsx';
import { SiteHeader } from '../_components/site-header.tsx';

export default function MarketingLayout({ children }: { children: ReactNode }) {
  return (
    <div className="land">
      <a className="btn primary skip" href="#content">
        To the content
      </a>
      <SiteHeader />
      <main id="content" tabIndex={-1} className="outline-none">
        {children}
      </main>
      <SiteFooter />
    </div>
  );
}
