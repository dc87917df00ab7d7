/** Every screen; `console` stands for the workspace's address. */
export const publicScreens = [
  '/',
  '/pricing',
  '/models',
  '/models/sentiment',
  '/models/images',
  '/models/text',
  '/acceptable-use',
  '/docs',
  '/docs/authentication',
  '/docs/sentiment',
  '/docs/text',
  '/docs/images',
  '/docs/embeddings',
  '/docs/explanations',
  '/docs/hugging-face',
  '/docs/usage',
  '/docs/errors',
  '/docs/privacy',
  '/sign-up',
  '/sign-in',
  '/forgot',
  '/reset',
  '/confirm',
  '/outbox',
  '/no-such-page',
] as const;

export const consoleScreens = (console: string) =>
  [
    console,
    `${console}/usage`,
    `${console}/usage?range=30d`,
    `${console}/keys`,
    `${console}/keys?create=1`,
    `${console}/settings`,
    '/account',
  ] as const;
