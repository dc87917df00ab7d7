import {
  BookOpen,
  ChartColumn,
  KeyRound,
  ListChecks,
  type LucideIcon,
  Settings,
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

/** Only what exists: the sidebar, the palette and the shortcuts all read this. */
export function placesOf(slug: string): readonly PlaceGroup[] {
  return [
    { title: null, places: [{ name: 'Start', href: `/w/${slug}`, icon: ListChecks, key: 's' }] },
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
