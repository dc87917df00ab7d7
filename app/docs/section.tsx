import type { ReactNode } from 'react';

/** A heading that can be linked. */
export function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <>
      <h2 id={id}>
        <a className="anchor" href={`#${id}`}>
          {title}
        </a>
      </h2>
      {children}
    </>
  );
}
