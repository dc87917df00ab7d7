import { brand } from '../brand/brand.ts';
import type { Mail } from './mail.ts';

export interface MailContent {
  readonly subject: string;
  /** One sentence each. Nothing that a stranger typed: a mail must not carry their words under our name. */
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string };
}

/** Plain text and the same in small HTML that every mail reader shows; no images, nothing that reports back. */
export function renderMail(to: string, { subject, paragraphs, action }: MailContent): Mail {
  const text = [
    ...paragraphs,
    ...(action ? [`${action.label}: ${action.url}`] : []),
    `${brand.name} · ${brand.supportEmail}`,
  ];
  const html = [
    `<p style="font-weight:600">${escaped(brand.name)}</p>`,
    ...paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    ...(action ? [`<p><a href="${escaped(action.url)}">${escaped(action.label)}</a></p>`] : []),
    `<p style="color:#666;font-size:13px">${escaped(brand.supportEmail)}</p>`,
  ];
  return {
    to,
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body style="font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:2em auto;padding:0 1em">${html.join('')}</body></html>\n`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
