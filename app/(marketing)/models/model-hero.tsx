import type { ReactNode } from 'react';

export function ModelHero({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="hero !pb-9">
      <h1 className="!text-[2.625rem] !leading-[2.75rem]">{name}</h1>
      <p className="say">{children}</p>
    </section>
  );
}
