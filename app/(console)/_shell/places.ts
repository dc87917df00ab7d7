import {
  BookOpen,
  ChartColumn,
  KeyRound,
  ListChecks,
  type LucideIcon,
  Settings,
  SquareTerminal,
  UserRound,
  Webhook,
} from 'lucide-react';

export interface Place {
  readonly name: string;
  readonly href: string;
  readonly icon: LucideIcon;
  /** Pressed after G. */
  readonly key: string;
}
export interface PlaceGroup {
  readonly title: string | null;
  readonly places: readonly Place[];
}

/** `page`: it is the place; `true`: it is part of the place, as a key is of the keys. */
export function ariaCurrent(path: string, href: string): 'page' | 'true' | undefined {
  if (path === href) return 'page';
  const hasParts = /^\/w\/[^/]+\/./.test(href);
  return hasParts && path.startsWith(`${href}/`) ? 'true' : undefined;
}

/** Only what exists: the sidebar, the palette and the shortcuts all read this. */
export function placesOf(slug: string): readonly PlaceGroup[] {
  return [
    {
      title: null,
      places: [
        { name: 'Start', href: `/w/${slug}`, icon: ListChecks, key: 's' },
        { name: 'Playground', href: `/w/${slug}/playground`, icon: SquareTerminal, key: 'p' },
      ],
    },
    {
      title: 'Operate',
      places: [
        { name: 'Usage', href: `/w/${slug}/usage`, icon: ChartColumn, key: 'u' },
        { name: 'API keys', href: `/w/${slug}/keys`, icon: KeyRound, key: 'k' },
        { name: 'Webhooks', href: `/w/${slug}/webhooks`, icon: Webhook, key: 'w' },
      ],
    },
    {
      title: 'Workspace',
      places: [{ name: 'Settings', href: `/w/${slug}/settings`, icon: Settings, key: 'e' }],
    },
    {
      title: 'You',
      places: [
        { name: 'Account', href: '/account', icon: UserRound, key: 'a' },
        { name: 'Docs', href: '/docs', icon: BookOpen, key: 'd' },
      ],
    },
  ];
}
