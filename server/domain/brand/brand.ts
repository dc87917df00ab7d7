/** What a founder changes to make the product theirs. The mark and its colour: app/_components/mark.tsx and app/tokens.css. */
export const brand = {
  name: 'Modelyard',
  claim: 'Model APIs that show their working.',
  /** First part of every API key: lets secret scanners and people recognise it. Letters and digits only. */
  keyPrefix: 'my',
  supportEmail: 'support@example.com',
  mailFrom: 'Modelyard <no-reply@example.com>',
} as const;
