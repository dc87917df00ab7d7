import { v7 as uuidv7 } from 'uuid';
import type { PrismaClient } from '#prisma/generated/client.ts';
import type { MailSeal, MailSender } from '#server/domain/mail/mail.ts';

/** Where no SMTP server is configured: the local outbox page shows what would have been sent. */
export function createOutboxSender({ db, mailSeal }: { db: PrismaClient; mailSeal: MailSeal }): MailSender {
  return {
    async send({ to, subject, text, html }) {
      await db.outboxMail.create({
        data: {
          id: uuidv7(),
          recipient: to,
          subject,
          text: mailSeal.seal(text),
          html: mailSeal.seal(html),
        },
      });
    },
  };
}
