import type { ReactNode } from 'react';

/** One section of a model's page. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="plain border-t-line-2 first-of-type:border-t">
      <h2>{title}</h2>
      <div>{children}</div>
    </section>
  );
}
