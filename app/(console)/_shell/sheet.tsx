import type { ReactNode } from 'react';

interface SheetProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of the console: title left, actions right, content under them. */
export function Sheet({ title, actions, children }: SheetProps) {
  return (
    <main id="content" tabIndex={-1} className="outline-none">
      <header className="topline">
        <h1>{title}</h1>
        {actions && <div className="end">{actions}</div>}
      </header>
      <div className="sheet">{children}</div>
    </main>
  );
}
