'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { OnTheWay } from './on-the-way.tsx';
import { ariaCurrent, placesOf } from './places.ts';
import { useShell } from './shell-context.ts';

export function Places({ onGo }: { onGo?: () => void }) {
  const { workspace } = useShell();
  const path = usePathname();
  return (
    <nav className="places" aria-label="Console">
      {placesOf(workspace.slug).map((group) => (
        <div key={group.title ?? ''}>
          {group.title && <h2>{group.title}</h2>}
          {group.places.map(({ name, href, icon: Icon }) => (
            <Link
              key={href}
              href={href}
              aria-current={ariaCurrent(path, href)}
              {...(onGo && { onClick: onGo })}
            >
              <Icon size={16} strokeWidth={1.5} aria-hidden />
              {name}
              <OnTheWay />
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}
