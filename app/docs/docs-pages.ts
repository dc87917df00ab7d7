export interface DocsPage {
  readonly href: string;
  readonly title: string;
  readonly group: string;
}

export const docsPages: readonly DocsPage[] = [
  { href: '/docs', title: 'Quick start', group: 'Begin' },
  { href: '/docs/authentication', title: 'Authentication', group: 'Begin' },
  { href: '/docs/paths', title: 'All paths', group: 'Reference' },
  { href: '/docs/sentiment', title: 'Sentiment', group: 'Reference' },
  { href: '/docs/text', title: 'Text', group: 'Reference' },
  { href: '/docs/images', title: 'Images', group: 'Reference' },
  { href: '/docs/embeddings', title: 'Embeddings', group: 'Reference' },
  { href: '/docs/explanations', title: 'Explanations', group: 'Reference' },
  { href: '/docs/feedback', title: 'Feedback', group: 'Reference' },
  { href: '/docs/openai', title: 'Coming from OpenAI', group: 'Reference' },
  { href: '/docs/hugging-face', title: 'Coming from Hugging Face', group: 'Reference' },
  { href: '/docs/batches', title: 'Files and batches', group: 'Reference' },
  { href: '/docs/usage', title: 'Usage and receipts', group: 'Reference' },
  { href: '/docs/webhooks', title: 'Webhooks', group: 'Reference' },
  { href: '/docs/errors', title: 'Errors and limits', group: 'Reference' },
  { href: '/docs/privacy', title: 'Privacy of a call', group: 'Data' },
];
