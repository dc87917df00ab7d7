import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const icons = { info: Info, warn: TriangleAlert, bad: CircleAlert } as const;

interface NoteProps {
  readonly kind?: keyof typeof icons;
  readonly children: ReactNode;
}

/** At its cause: what happened, why, what to do. */
export function Note({ kind = 'info', children }: NoteProps) {
  const Icon = icons[kind];
  return (
    <div className={kind === 'info' ? 'note' : `note ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
      <Icon size={16} strokeWidth={1.5} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
