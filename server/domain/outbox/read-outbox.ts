import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { MailSeal } from '../mail/mail.ts';
import type { OutboxItem, OutboxMail } from './schema.ts';

export interface OutboxDependencies {
  readonly db: Database;
  readonly mailSeal: MailSeal;
  /** Only while no SMTP server is configured, and not in production: whoever sees it can sign in as anyone. */
  readonly outboxShown: boolean;
}

const listedMax = 100;

/** The newest first; `after` asks for what came since a mail that is known. */
export async function listOutbox(
  { db, outboxShown }: OutboxDependencies,
  { after }: { after?: string | undefined },
): Promise<OutboxItem[]> {
  refuseUnlessShown(outboxShown);
  return db.outboxMail.findMany({
    where: after ? { id: { gt: after } } : {},
    select: { id: true, recipient: true, subject: true, createdAt: true },
    orderBy: { id: 'desc' },
    take: listedMax,
  });
}

export async function readOutboxMail(
  { db, mailSeal, outboxShown }: OutboxDependencies,
  { mailId }: { mailId: string },
): Promise<OutboxMail> {
  refuseUnlessShown(outboxShown);
  const mail = await db.outboxMail.findUnique({ where: { id: mailId } });
  if (!mail) throw new DomainError('not_found', 'There is no such mail.');
  return { ...mail, text: mailSeal.open(mail.text), html: mailSeal.open(mail.html) };
}

function refuseUnlessShown(outboxShown: boolean): void {
  if (!outboxShown) throw new DomainError('not_found', 'There is no outbox here.');
}
