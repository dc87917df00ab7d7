export const sitePlaces = [
  { name: 'Model', href: '/models/sentiment' },
  { name: 'Pricing', href: '/pricing' },
  { name: 'Privacy', href: '/docs/privacy' },
  { name: 'Docs', href: '/docs' },
] as const;
