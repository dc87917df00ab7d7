export const sitePlaces = [
  { name: 'Models', href: '/models' },
  { name: 'Pricing', href: '/pricing' },
  { name: 'Privacy', href: '/docs/privacy' },
  { name: 'Docs', href: '/docs' },
] as const;
