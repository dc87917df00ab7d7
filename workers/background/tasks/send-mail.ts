import type { Task } from 'graphile-worker';
import { z } from 'zod';
import type { MailSeal, MailSender } from '#server/domain/mail/mail.ts';

const payloadSchema = z.object({ sealed: z.string() });
const mailSchema = z.object({ to: z.string(), subject: z.string(), text: z.string(), html: z.string() });

/** At least once: when the process dies between the hand-over and the end of the job, the mail is sent again. */
export function sendMailTask({ sender, mailSeal }: { sender: MailSender; mailSeal: MailSeal }): Task {
  return async (payload) => {
    const { sealed } = payloadSchema.parse(payload);
    const mail = mailSchema.parse(JSON.parse(mailSeal.open(sealed)));
    try {
      await sender.send(mail);
    } catch (error) {
      // The queue stores this error's message. A mail server's own may quote the mail, and that has a link in it.
      throw new Error(`The mail was not handed over (${codesOf(error)})`);
    }
  };
}

/** nodemailer's code (EENVELOPE, ETIMEDOUT) and the server's reply (550): neither quotes anything. */
function codesOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const reply =
    'responseCode' in error && typeof error.responseCode === 'number' ? `, ${error.responseCode}` : '';
  return `${code}${reply}`;
}
